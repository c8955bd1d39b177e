#include "store/restore.hpp"

#include <fstream>
#include <iterator>

#include <archive.h>
#include <archive_entry.h>

#include "store/backup.hpp"
#include "store/check.hpp"
#include "store/workbench.hpp"

using namespace soyuz::store;
using namespace soyuz::store::test;
using soyuz::base::Code;
namespace fs = std::filesystem;

namespace {

/// An entry of a tar file, byte by byte as POSIX has it (ustar): `type` is 0 file, 1 hard link, 2 link, 5 folder, 6
/// pipe.
std::string entry(std::string const& name, std::string const& content = {}, char type = '0',
                  std::string const& link = {}, std::uint64_t size = 0) {
    std::string header(512, '\0');
    auto const put = [&](std::size_t at, std::string const& text) { header.replace(at, text.size(), text); };
    auto const octal = [](std::uint64_t number) {
        std::string digits(11, '0');
        for (auto at = digits.rbegin(); number > 0; ++at, number /= 8) *at = static_cast<char>('0' + number % 8);
        return digits;
    };
    put(0, name);
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, octal(size > 0 ? size : content.size()));
    put(136, octal(0));
    put(148, "        ");
    put(156, std::string(1, type));
    put(157, link);
    put(257, std::string("ustar\0"
                         "00",
                         8));
    unsigned sum = 0;
    for (auto const c : header) sum += static_cast<unsigned char>(c);
    put(148, octal(sum).substr(5));
    header[154] = '\0';
    auto const padding = (512 - content.size() % 512) % 512;
    return header + content + std::string(padding, '\0');
}

std::string const mark = entry("checkpoint.json", "{}");
std::string const end(1024, '\0');

void write(fs::path const& path, std::string const& bytes) { std::ofstream{path, std::ios::binary} << bytes; }

std::string read(fs::path const& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// What a filter of libarchive makes of a file.
std::string packed(std::string const& bytes, int (*add_filter)(archive*)) {
    std::string out(bytes.size() + 65'536, '\0');
    std::size_t used = 0;
    auto* const raw = archive_write_new();
    archive_write_set_format_raw(raw);
    REQUIRE(add_filter(raw) == ARCHIVE_OK);
    REQUIRE(archive_write_open_memory(raw, out.data(), out.size(), &used) == ARCHIVE_OK);
    auto* const whole = archive_entry_new();
    archive_entry_set_filetype(whole, AE_IFREG);
    REQUIRE(archive_write_header(raw, whole) == ARCHIVE_OK);
    archive_write_data(raw, bytes.data(), bytes.size());
    archive_entry_free(whole);
    archive_write_free(raw);
    out.resize(used);
    return out;
}

/// Restores into a folder that is not there yet, and makes sure that nothing was made.
std::string refusal(std::string const& bytes, ArchiveLimits const& limits = {}) {
    TemporaryFolder folder;
    write(folder.path / "in.tar", bytes);
    auto const done =
        restore(folder.path / "in.tar", folder.path / "deep" / "data", folder.path / "deep" / "uploads", limits);
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().code == Code::bad_request);
    CHECK(std::distance(fs::directory_iterator{folder.path}, {}) == 1);
    return done.error().message;
}

/// A backup with one message.
std::string some_backup() {
    TemporaryFolder folder;
    {
        auto const store = open_folder(folder.path / "data");
        REQUIRE(commit_later(*store, {message("lobby", "a")}).get().ok());
    }
    REQUIRE(backup(folder.path / "data", folder.path / "out.tar").ok());
    return read(folder.path / "out.tar");
}

}  // namespace

TEST_CASE("restore refuses archives that reach outside of the folder") {
    for (auto const& bad : {
             entry("../evil.json", "{}"),
             entry("messages/../../evil.json", "{}"),
             entry("messages/..", {}, '5'),
             entry("/tmp/evil.json", "{}"),
             entry("users.json", {}, '2', "/etc/passwd"),
             entry("messages", {}, '2', "/tmp"),
             entry("users.json", {}, '1', "/etc/passwd"),
             entry("users.json", {}, '1', "checkpoint.json"),
             entry("device", {}, '3'),
             entry("pipe", {}, '6'),
         }) {
        INFO(bad.substr(0, 40));
        CHECK(refusal(mark + bad + end) == "Not a backup: it holds a link, or a name outside of the folder.");
    }
}

TEST_CASE("restore refuses what is no backup before it makes anything") {
    struct Case {
        std::string bytes;
        std::string why;
    };
    for (auto const& [bytes, why] : {
             Case{entry("users.json", "{}") + end, "there is no checkpoint.json in it."},
             {entry("deep/checkpoint.json", "{}") + end, "there is no checkpoint.json in it."},
             {end, "there is no checkpoint.json in it."},
             {"PK\x03\x04 a zip file, say", "Unrecognized archive format"},
             {"LRZI, what lrzip packed", "Unrecognized archive format"},
         }) {
        INFO(why);
        CHECK(refusal(bytes) == "Not a backup: " + why);
    }
    for (auto const& cut : {std::string{}, mark.substr(0, 300), mark.substr(0, 700)})
        CHECK(refusal(cut).starts_with("Not a backup: "));
}

TEST_CASE("restore reads tar files and those that gzip packed, and starts no program for others") {
    auto const whole = some_backup();
    auto const packing = GENERATE(table<std::string, int (*)(archive*), bool>({
        {"none", archive_write_add_filter_none, true},
        {"gzip", archive_write_add_filter_gzip, true},
        {"bzip2", archive_write_add_filter_bzip2, false},
        {"xz", archive_write_add_filter_xz, false},
        {"compress", archive_write_add_filter_compress, false},
        {"uuencode", archive_write_add_filter_uuencode, false},
    }));
    INFO(std::get<0>(packing));
    auto const bytes = packed(whole, std::get<1>(packing));
    if (!std::get<2>(packing)) {
        CHECK(refusal(bytes) == "Not a backup: Unrecognized archive format");
        return;
    }
    TemporaryFolder folder;
    write(folder.path / "in.tar", bytes);
    REQUIRE(restore(folder.path / "in.tar", folder.path / "data").ok());
    CHECK(open_folder(folder.path / "data")->last_seq(RoomId{"lobby"}) == 1);
    for (auto const& made : fs::recursive_directory_iterator{folder.path / "data"})
        CHECK((made.status().permissions() & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);
}

TEST_CASE("restore unpacks no more than a backup can have in it") {
    auto const zeros = entry("zeros.jsonl", std::string(16U << 20U, '\0'));
    std::string const room = "Not a backup: it would take far more room than its size allows.";
    CHECK(refusal(packed(mark + zeros + end, archive_write_add_filter_gzip)) == room);
    auto const twice = packed(packed(mark + zeros + end, archive_write_add_filter_gzip), archive_write_add_filter_gzip);
    CHECK(refusal(twice) == room);
    CHECK(refusal(mark + entry("claims.jsonl", {}, '0', {}, 1U << 30U)) == room);
    CHECK(refusal(mark + entry("a", std::string(2000, 'x')) + end, {.bytes = 2001}) == room);
    CHECK(refusal(mark + entry("a") + entry("b") + end, {.entries = 2}) ==
          "Not a backup: there are too many files in it.");
}

TEST_CASE("restore follows no link that stands where it unpacks") {
    TemporaryFolder folder;
    write(folder.path / "in.tar", some_backup());
    auto const victim = folder.path / "victim";
    fs::create_directory(victim);
    write(victim / "precious", "mine");
    fs::create_directory_symlink(victim, folder.path / "data.restoring");
    REQUIRE(restore(folder.path / "in.tar", folder.path / "data").ok());
    CHECK(std::distance(fs::directory_iterator{victim}, {}) == 1);
    CHECK(read(victim / "precious") == "mine");
    CHECK_FALSE(fs::exists(fs::symlink_status(folder.path / "data.restoring")));

    fs::create_directory(folder.path / "nothing");
    fs::create_directory_symlink(folder.path / "nothing", folder.path / "link");
    CHECK_FALSE(restore(folder.path / "in.tar", folder.path / "link").ok());
    CHECK(fs::is_empty(folder.path / "nothing"));
}

TEST_CASE("uploads are restored where they are wanted, and never mixed with others") {
    TemporaryFolder folder;
    write(folder.path / "in.tar", entry("uploads/ab/picture.webp", "picture") + some_backup());
    REQUIRE(restore(folder.path / "in.tar", folder.path / "without").ok());
    CHECK_FALSE(fs::exists(folder.path / "without" / "uploads"));
    REQUIRE(restore(folder.path / "in.tar", folder.path / "data", folder.path / "uploads").ok());
    CHECK(read(folder.path / "uploads" / "ab" / "picture.webp") == "picture");
    auto const refused = restore(folder.path / "in.tar", folder.path / "again", folder.path / "uploads");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Code::conflict);
    CHECK_FALSE(fs::exists(folder.path / "again"));
}

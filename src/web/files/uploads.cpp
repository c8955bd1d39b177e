#include "web/files/uploads.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "base/write_all.hpp"

namespace soyuz::web {

namespace {

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    bool is_open() const { return number_ >= 0; }
    int number() const { return number_; }

private:
    int number_;
};

bool sync_folder(std::filesystem::path const& folder) {
    Descriptor const descriptor{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return descriptor.is_open() && ::fsync(descriptor.number()) == 0;
}

/// Made for the server alone, as all that people sent is. True where it is new.
bool make_private_folder(std::filesystem::path const& folder, std::error_code& fault) {
    if (folder.has_parent_path()) std::filesystem::create_directories(folder.parent_path(), fault);
    if (::mkdir(folder.c_str(), 0700) == 0) return true;
    if (errno != EEXIST) fault = {errno, std::generic_category()};
    return false;
}

bool is_id_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

Uploads::Uploads(std::filesystem::path folder, std::uint64_t reserve) : folder_(std::move(folder)), reserve_(reserve) {
    std::error_code fault;
    make_private_folder(folder_, fault);
    if (fault) base::log::error("can't make the folder of uploads", {{"reason", fault.message()}});
}

bool Uploads::has_room_for(std::uint64_t bytes) const {
    if (reserve_ == 0) return true;
    std::error_code fault;
    auto const space = std::filesystem::space(folder_, fault);
    return fault || (space.available > bytes && space.available - bytes >= reserve_);
}

base::Result<std::string> Uploads::write(std::string_view content, std::string_view ending,
                                         base::RoomId const& room) const {
    auto const random = base::random_id() + base::random_id();
    std::string name = random.substr(0, 2) + '/';
    if (!room.empty()) name += room.value + '_';
    name += random;
    name += ending;

    base::Error const failure{base::Code::read_only, "The file could not be saved. Try again later."};
    auto const path = folder_ / name;
    auto const folder = path.parent_path();
    std::error_code fault;
    bool const is_new = make_private_folder(folder, fault);
    if (fault) {
        base::log::error("a folder for uploads can't be made", {{"error", fault.message()}});
        return failure;
    }
    if (!has_room_for(content.size()))
        return base::Error{base::Code::read_only,
                           "The server's disk is nearly full, so it takes no files at the moment.",
                           std::chrono::minutes{1}};
    bool written = false;
    {
        Descriptor const file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
        written = file.is_open() && base::write_all(file.number(), content) && ::fsync(file.number()) == 0;
    }
    written = written && sync_folder(folder) && (!is_new || sync_folder(folder_));
    if (written) return name;
    base::log::error("an upload can't be written", {{"error", std::strerror(errno)}});
    std::filesystem::remove(path, fault);
    return failure;
}

bool Uploads::is_name(std::string_view name) {
    if (name.size() < 8 || name.size() > 120 || name[2] != '/') return false;
    if (!is_id_character(name[0]) || !is_id_character(name[1])) return false;
    auto const rest = name.substr(3);
    return rest.front() != '.' && std::all_of(rest.begin(), rest.end(), [](char c) {
               return is_id_character(c) || c == '_' || c == '.' || c == '-' || (c >= 'A' && c <= 'Z');
           });
}

std::shared_ptr<StoredFile const> Uploads::open(std::string_view name) const {
    return is_name(name) ? StoredFile::open(folder_ / name) : nullptr;
}

void Uploads::remove(std::string_view name) const {
    std::error_code fault;
    if (is_name(name)) std::filesystem::remove(folder_ / name, fault);
}

void Uploads::remove_of(base::RoomId const& room) const {
    each_older(std::chrono::seconds{0}, [&](std::string const& name) {
        if (room_of(name) == room) remove(name);
        return true;
    });
}

void Uploads::each_older(std::chrono::seconds age, Visit const& visit) const {
    each([newest = WrittenAt::clock::now() - age](auto written) { return written <= newest; }, visit);
}

void Uploads::each_younger(std::chrono::seconds age, Visit const& visit) const {
    each([oldest = WrittenAt::clock::now() - age](auto written) { return written > oldest; }, visit);
}

void Uploads::each(std::function<bool(WrittenAt)> const& is_wanted, Visit const& visit) const {
    std::error_code fault;
    // Gathered first: a folder that changes while it is read may show a file twice or not at all.
    std::vector<std::string> names;
    for (auto const& entry : std::filesystem::recursive_directory_iterator{folder_, fault}) {
        auto name = entry.path().lexically_relative(folder_).generic_string();
        if (!is_name(name) || !entry.is_regular_file(fault) || !is_wanted(entry.last_write_time(fault))) continue;
        names.push_back(std::move(name));
    }
    for (auto const& name : names)
        if (!visit(name)) return;
}

base::RoomId Uploads::room_of(std::string_view name) {
    auto const rest = name.substr(std::min<std::size_t>(3, name.size()));
    auto const line = rest.find('_');
    return line == std::string_view::npos ? base::RoomId{} : base::RoomId{std::string{rest.substr(0, line)}};
}

namespace {

using namespace std::string_view_literals;

/// A file's first bytes, some of which may stand further behind.
struct Magic {
    std::string_view begin;
    std::size_t at = 0;
    std::string_view behind = {};
};
struct KnownKind {
    Magic magic;
    char const* type;
    std::string_view ending;
    bool is_image = false;
};
constexpr KnownKind known_kinds[] = {
    {{"\x89PNG\r\n\x1A\n"sv}, "image/png", ".png", true},
    {{"\xFF\xD8\xFF"sv}, "image/jpeg", ".jpg", true},
    {{"GIF87a"sv}, "image/gif", ".gif", true},
    {{"GIF89a"sv}, "image/gif", ".gif", true},
    {{"RIFF"sv, 8, "WEBP"sv}, "image/webp", ".webp", true},
    {{"%PDF-"sv}, "application/pdf", ".pdf"},
    {{"PK\x03\x04"sv}, "application/zip", ".zip"},
    {{"\x1F\x8B"sv}, "application/gzip", ".gz"},
    {{"OggS"sv}, "audio/ogg", ".ogg"},
    {{"ID3"sv}, "audio/mpeg", ".mp3"},
    {{"\xFF\xFB"sv}, "audio/mpeg", ".mp3"},
    {{"RIFF"sv, 8, "WAVE"sv}, "audio/wav", ".wav"},
    {{"\x1A\x45\xDF\xA3"sv}, "video/webm", ".webm"},
    // What microphones record: told apart by its tracks.
    {{"\x1A\x45\xDF\xA3"sv}, "audio/webm", ".weba"},
    // ISO/IEC 14496-12, 4.3: of one family of formats, the major brand says which.
    {{""sv, 4, "ftypavif"sv}, "image/avif", ".avif"},
    {{""sv, 4, "ftypavis"sv}, "image/avif", ".avif"},
    {{""sv, 4, "ftyphei"sv}, "image/heic", ".heic"},
    {{""sv, 4, "ftyphev"sv}, "image/heic", ".heic"},
    {{""sv, 4, "ftypmif1"sv}, "image/heif", ".heif"},
    {{""sv, 4, "ftypmsf1"sv}, "image/heif", ".heif"},
    {{""sv, 4, "ftypM4A "sv}, "audio/mp4", ".m4a"},
    {{""sv, 4, "ftypM4B "sv}, "audio/mp4", ".m4b"},
    {{""sv, 4, "ftypqt  "sv}, "video/quicktime", ".mov"},
    {{""sv, 4, "ftyp3gp"sv}, "video/3gpp", ".3gp"},
    {{""sv, 4, "ftyp3g2"sv}, "video/3gpp2", ".3g2"},
    {{""sv, 4, "ftyp"sv}, "video/mp4", ".mp4"},
};
constexpr std::string_view text_ending = ".txt";

bool fits(std::string_view content, Magic const& magic) {
    return content.starts_with(magic.begin) && content.size() >= magic.at &&
           content.substr(magic.at).starts_with(magic.behind);
}

/// Does a WebM hold no picture? Its tracks name their codecs near its beginning (RFC 9559, 5.1.4.1.21).
bool has_sound_alone(std::string_view content) {
    auto const head = content.substr(0, 4096);
    return head.find("A_") != std::string_view::npos && head.find("V_VP") == std::string_view::npos &&
           head.find("V_AV1") == std::string_view::npos && head.find("V_MPEG") == std::string_view::npos;
}

FileKind text_kind() { return {"text/plain; charset=utf-8", std::string{text_ending}}; }
FileKind unknown_kind() { return {"application/octet-stream", ".bin"}; }

}  // namespace

FileKind recognise(std::string_view content) {
    for (auto const& kind : known_kinds) {
        if (!fits(content, kind.magic) || (kind.ending == ".webm" && has_sound_alone(content))) continue;
        return {kind.type, std::string{kind.ending}, kind.is_image};
    }
    bool const is_text = content.find('\0') == std::string_view::npos && base::is_valid_utf8(content);
    // Whatever else it calls itself, text is served as plain text: it can hold no script then.
    return is_text && !content.empty() ? text_kind() : unknown_kind();
}

FileKind kind_of_stored(std::string_view name) {
    auto const ending = name.substr(std::min(name.rfind('.'), name.size()));
    for (auto const& kind : known_kinds)
        if (kind.ending == ending) return {kind.type, std::string{kind.ending}, kind.is_image};
    return ending == text_ending ? text_kind() : unknown_kind();
}

}  // namespace soyuz::web

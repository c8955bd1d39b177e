// A data folder with any content (src/store): it opens or says why not; what was shown once is shown after closing and
// opening again. An input describes files: "@@ PATH" begins one, "@# PATH" one that gets the seal of a document; a line
// that begins with "~" gets the seal of a line.
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "base/manual_clock.hpp"
#include "fuzz/fuzz.hpp"
#include "store/check.hpp"
#include "store/commit_later.hpp"
#include "store/local_store.hpp"
#include "store/memory_files.hpp"
#include "store/seal.hpp"

using namespace soyuz;
using fuzz::must;

namespace {

std::string_view take_line(std::string_view& text) {
    auto const end = std::min(text.find('\n'), text.size());
    auto const line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

void put(store::test::MemoryFiles& files, std::string_view path, std::string content, bool is_document) {
    bool const is_plain = !path.empty() && path.size() < 100 && path.front() != '/' && path.back() != '/' &&
                          path.find('\0') == path.npos && path.find("..") == path.npos && path.find("//") == path.npos;
    if (!is_plain) return;
    store::Path const whole = store::Path{"/data"} / path;
    store::ensure_folder(files, whole.parent_path());
    if (is_document) content = store::seal_document(content);
    files.set_content(whole.string(), std::move(content));
}

/// Could the store have sealed this line of a room's messages behind the one before?
bool is_honest(std::string_view line, base::Seq& before) {
    auto const message = nlohmann::json::parse(std::string{line} + '}', nullptr, false);
    if (!message.is_object() || !message.contains("seq") || !message["seq"].is_number_unsigned()) return false;
    auto const seq = message["seq"].get<base::Seq>();
    return seq > std::exchange(before, seq);
}

/// Returns whether all sealed messages could be the store's own.
bool put_files(store::test::MemoryFiles& files, std::string_view input) {
    bool honest = true;
    base::Seq before = 0;
    std::string_view path;
    std::string content;
    bool is_document = false;
    while (!input.empty()) {
        auto line = take_line(input);
        if (line.starts_with("@@ ") || line.starts_with("@# ")) {
            put(files, path, std::move(content), is_document);
            content.clear();
            is_document = line[1] == '#';
            path = line.substr(3);
            before = 0;
        } else if (line.starts_with('~')) {
            auto const start = content.size();
            content += line.substr(1);
            store::seal_line(content, start);
            if (path.starts_with("messages/")) honest = honest && is_honest(line.substr(1), before);
        } else {
            content += line;
            if (!input.empty()) content += '\n';
        }
    }
    put(files, path, std::move(content), is_document);
    return honest;
}

void append_messages(std::string& all, store::Store const& opened, base::RoomId const& room) {
    auto const read = opened.messages(room, 1, UINT64_MAX);
    must(read.ok(), "messages of an open store can be read");
    base::Seq before = 0;
    for (auto const& message : *read) {
        must(message.seq > before && message.seq <= opened.last_seq(room), "places ascend");
        before = message.seq;
        // Blanks within an empty object may go; what it says stays.
        auto const body = nlohmann::json::parse(message.body, nullptr, false);
        all +=
            room.value + ' ' + std::to_string(message.seq) + ' ' +
            (body.is_discarded() ? message.body : body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        all += '\n';
    }
}

std::string contents(store::Store const& opened) {
    std::string all;
    for (auto const* const name : {"users", "rooms", "settings"})
        opened.each_document(name, [&](std::string const& id, nlohmann::json const& value) {
            all += std::string{name} + ' ' + id + ' ' + value.dump() + '\n';
        });
    for (auto const* const room : {"lobby", "den", "abcdefghijkl"}) {
        append_messages(all, opened, base::RoomId{room});
    }
    for (auto const* const log : {"spam_log", "audit_log"})
        for (auto const& line : opened.log_tail(log, 1000)) all += line + '\n';
    return all;
}

std::unique_ptr<store::Store> open(store::test::MemoryFiles& files) {
    static base::ManualClock const clock;
    store::Options options;
    options.folder = "/data";
    options.checkpoint_interval = std::chrono::hours{1};
    options.recent_messages = 2;
    store::Tuning tuning;
    tuning.searches_for_damage = false;
    auto opened = store::LocalStore::open(options, clock, files, tuning);
    if (auto* const found = std::get_if<std::unique_ptr<store::Store>>(&opened)) return std::move(*found);
    must(!std::get<store::OpenFailure>(opened).message.empty(), "a refusal has words");
    return nullptr;
}

/// A sealed file that claims a room of millions of messages is no damage: somebody wrote it on purpose, and every place
/// is looked for.
bool claims_too_much(std::string_view input) {
    constexpr std::size_t most_digits = 5;
    for (auto at = input.find("seq\":"); at != input.npos; at = input.find("seq\":", at + 1)) {
        auto const digits = input.substr(at + 5);
        if (std::min(digits.find_first_not_of("0123456789"), digits.size()) > most_digits) return true;
    }
    return false;
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    base::log::set_level("off");
    if (claims_too_much(fuzz::text_of(data, size))) return 0;
    store::test::MemoryFiles files;
    store::ensure_folder(files, "/data");
    bool const honest = put_files(files, fuzz::text_of(data, size));
    store::check("/data", files);
    std::string first;
    {
        auto const opened = open(files);
        if (!opened) return 0;
        first = contents(*opened);
        auto const committed =
            store::commit_later(*opened, {store::AppendMessage{base::RoomId{"den"}, R"({"text":"x"})"}}).get();
        if (committed.ok()) {
            must(committed->seqs.at(0) == opened->last_seq(base::RoomId{"den"}), "a new message is the newest");
            first = contents(*opened);
        }
    }
    auto const again = open(files);
    must(again != nullptr, "what opened once opens again");
    auto const then = contents(*again);
    must(!honest || then == first, "what was shown once is shown again");
    return 0;
}

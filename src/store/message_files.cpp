#include "store/message_files.hpp"

#include <algorithm>
#include <optional>

#include <fcntl.h>

#include "store/json_text.hpp"
#include "store/seal.hpp"

namespace soyuz::store {
namespace {

constexpr std::string_view line_head = "{\"seq\":";
constexpr std::size_t max_indexes = 64;

/// The body that `append_message_line` wrote, out of an opened line.
std::optional<std::pair<Seq, std::string>> parse_message(std::string_view opened) {
    Reader reader{opened};
    reader.expect(line_head);
    auto const seq = reader.number();
    if (!reader.ok()) return std::nullopt;
    std::string body = "{";
    if (reader.skip(",")) body += opened.substr(reader.at());
    body += '}';
    return std::pair{seq, std::move(body)};
}

}  // namespace

/// Where the lines of a segment begin. Irregular: the lines are not first, first + 1, … as they should be, because
/// something is damaged or missing; then the whole segment is read.
struct MessageFiles::Index {
    std::uint64_t size = 0;
    bool regular = true;
    std::vector<std::uint64_t> begins;  ///< of line i, which holds place segment + i
};

void append_message_line(std::string& out, Seq seq, std::string_view body) {
    auto const start = out.size();
    out += line_head;
    append_number(out, seq);
    if (!is_empty_object(body)) out.append(",").append(body.substr(1, body.size() - 2));
    seal_line(out, start);
}

void each_message_line(std::string_view text, std::function<void(std::size_t, Seq, std::string)> const& good,
                       std::function<void(std::size_t, std::string_view)> const& bad) {
    auto const take = [&](std::size_t at, std::string_view opened) {
        auto message = parse_message(opened);
        if (message) good(at, message->first, std::move(message->second));
        return message.has_value();
    };
    for (std::size_t at = 0; at < text.size();) {
        auto const end = std::min(text.find('\n', at), text.size());
        auto const line = text.substr(at, end - at);
        auto const opened = open_line(line);
        if (!(opened && take(at, *opened))) {
            salvage(line, line_head,
                    [&](std::string_view piece) { take(static_cast<std::size_t>(piece.data() - text.data()), piece); });
            bad(at, line);
        }
        at = end + 1;
    }
}

MessageFiles::MessageFiles(Files& files, Path data, Quarantine& quarantine)
    : files_(files), data_(std::move(data)), folder_(data_ / "messages"), quarantine_(quarantine) {}

Path MessageFiles::segment_path(std::string const& room, Seq first) const {
    return folder_ / room / (std::to_string(first) + ".jsonl");
}

MessageFiles::Found MessageFiles::read(std::string const& room, Seq first, Seq last) const {
    Found found;
    first = std::max<Seq>(first, 1);
    if (first > last) return found;
    std::shared_lock lock{files_mutex_};
    for (Seq segment = segment_of(first); segment <= last && found.error == 0; segment += segment_places) {
        found.error =
            read_segment(room, segment, std::max(first, segment), std::min(last, segment + segment_places - 1), found);
    }
    return found;
}

int MessageFiles::read_segment(std::string const& room, Seq segment, Seq first, Seq last, Found& found) const {
    OpenFile file{files_, segment_path(room, segment), O_RDONLY};
    if (file.error() == -ENOENT) {
        found.damaged.insert(segment);
        return 0;
    }
    if (!file.ok()) return file.error();
    auto const size = files_.size(file.get());
    if (size < 0) return static_cast<int>(size);
    int error = 0;
    auto const index = index_of({room, segment}, file.get(), static_cast<std::uint64_t>(size), error);
    if (!index) return error;

    std::uint64_t begin = 0;
    std::uint64_t end = index->size;
    if (index->regular) {
        auto const count = index->begins.size();
        auto const from = static_cast<std::size_t>(first - segment);
        auto const to = static_cast<std::size_t>(last - segment) + 1;
        begin = from < count ? index->begins[from] : index->size;
        end = to < count ? index->begins[to] : index->size;
    }
    std::string text;
    if (auto const got = read_range(files_, file.get(), begin, end - begin, text); got < 0)
        return static_cast<int>(got);
    std::map<Seq, std::string> ordered;
    each_message_line(
        text,
        [&](std::size_t, Seq seq, std::string body) {
            if (seq >= first && seq <= last) ordered.insert_or_assign(seq, std::move(body));
        },
        [&](std::size_t, std::string_view) { found.damaged.insert(segment); });
    for (auto& [seq, body] : ordered) found.messages.push_back({seq, std::move(body)});
    return 0;
}

std::shared_ptr<MessageFiles::Index const> MessageFiles::index_of(Key const& key, int file, std::uint64_t size,
                                                                  int& error) const {
    std::shared_ptr<Index const> known;
    {
        std::lock_guard lock{indexes_mutex_};
        auto const found =
            std::find_if(indexes_.begin(), indexes_.end(), [&](auto& entry) { return entry.first == key; });
        if (found != indexes_.end()) {
            known = found->second;
            indexes_.splice(indexes_.begin(), indexes_, found);
            if (known->size == size) return known;
        }
    }
    // Segments only grow at their end while an index is known, so an index can be continued.
    auto index =
        known && known->regular && known->size < size ? std::make_shared<Index>(*known) : std::make_shared<Index>();
    std::string text;
    auto const start = index->size;
    if (auto const got = read_range(files_, file, start, size - start, text); got < 0) {
        error = static_cast<int>(got);
        return nullptr;
    }
    for (std::size_t at = 0; at < text.size() && index->regular;) {
        Reader reader{text, at};
        reader.expect(line_head);
        auto const seq = reader.number();
        index->regular = reader.ok() && seq == key.second + index->begins.size();
        index->begins.push_back(start + at);
        auto const end = text.find('\n', at);
        if (end == std::string::npos) index->regular = false;
        at = end == std::string::npos ? text.size() : end + 1;
    }
    index->size = start + text.size();
    std::lock_guard lock{indexes_mutex_};
    indexes_.remove_if([&](auto& entry) { return entry.first == key; });
    indexes_.emplace_front(key, index);
    if (indexes_.size() > max_indexes) indexes_.pop_back();
    return index;
}

void MessageFiles::forget_index(Key const& key) {
    std::lock_guard lock{indexes_mutex_};
    indexes_.remove_if([&](auto& entry) { return entry.first == key; });
}

MessageFiles::Place MessageFiles::locate(std::string const& room, Seq last, std::uint64_t bytes) const {
    Place place;
    if (last == 0) return place;
    OpenFile file{files_, segment_path(room, segment_of(last)), O_RDONLY};
    auto const size = file.ok() ? files_.size(file.get()) : file.error();
    if (size < 0) {
        place.missing = size == -ENOENT;
        if (!place.missing) place.error = static_cast<int>(size);
        return place;
    }
    // The usual case reads only the end of the file: its last line is the last message's.
    constexpr std::uint64_t tail_size = 8'192;
    if (static_cast<std::uint64_t>(size) == bytes) {
        auto const from = bytes > tail_size ? bytes - tail_size : 0;
        std::string tail;
        if (read_range(files_, file.get(), from, bytes - from, tail) >= 0 && tail.ends_with('\n')) {
            auto const before = tail.rfind('\n', tail.size() - 2);
            auto const begin = before == std::string::npos ? 0 : before + 1;
            auto const opened = open_line(std::string_view{tail}.substr(begin, tail.size() - 1 - begin));
            auto const message = opened ? parse_message(*opened) : std::nullopt;
            if (message && message->first == last) {
                place.bytes = bytes;
                return place;
            }
        }
    }
    std::string text;
    Seq newest = 0;
    auto const got = read_range(files_, file.get(), 0, static_cast<std::uint64_t>(size), text);
    if (got < 0) {
        place.error = static_cast<int>(got);
        return place;
    }
    bool is_past = false;
    each_message_line(
        text,
        [&](std::size_t at, Seq seq, std::string const&) {
            if (seq > last) {
                is_past = true;
            } else if (!is_past) {
                newest = seq;
                place.bytes = std::min(text.find('\n', at), text.size() - 1) + 1;
            }
        },
        [](std::size_t, std::string_view) {});
    place.missing = newest != last;
    place.longer = place.bytes < text.size();
    return place;
}

}  // namespace soyuz::store

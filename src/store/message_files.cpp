#include "store/message_files.hpp"

#include <algorithm>
#include <optional>

#include <fcntl.h>

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "store/seal.hpp"
#include "store/segment_reader.hpp"

namespace soyuz::store {

void append_message_line(std::string& out, Seq seq, std::string_view body) {
    auto const start = out.size();
    out += message_head;
    base::append_number(out, seq);
    if (!base::is_empty_object(body)) out.append(",").append(body.substr(1, body.size() - 2));
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
            salvage(line, message_head,
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
    SegmentReader reader{files_, file.get(), static_cast<std::uint64_t>(size), segment, segment_places};
    switch (reader.read(first, last, found.messages)) {
        case SegmentReader::Outcome::complete: return 0;
        case SegmentReader::Outcome::failed: return reader.error();
        case SegmentReader::Outcome::irregular: break;
    }
    std::string text;
    if (auto const got = read_range(files_, file.get(), 0, static_cast<std::uint64_t>(size), text); got < 0)
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
    bool is_intact = true;
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
        [&](std::size_t, std::string_view) { is_intact = false; });
    // A file as long as it was left, and intact, lost its newest messages earlier: that is settled.
    bool const is_settled = is_intact && text.size() == bytes;
    place.missing = newest != last && !is_settled;
    place.longer = place.bytes < text.size();
    return place;
}

}  // namespace soyuz::store

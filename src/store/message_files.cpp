#include "store/message_files.hpp"

#include <algorithm>
#include <mutex>
#include <optional>

#include <fcntl.h>

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "store/seal.hpp"
#include "store/segment_reader.hpp"

namespace soyuz::store {
namespace {

/// The sealed line of a message, with its line break.
void append_message_line(std::string& out, Seq seq, std::string_view body) {
    auto const start = out.size();
    out += message_head;
    base::append_number(out, seq);
    if (!base::is_empty_object(body)) out.append(",").append(body.substr(1, body.size() - 2));
    seal_line(out, start);
}

}  // namespace

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

MessageFiles::MessageFiles(Files& files, Path const& data, Quarantine& quarantine)
    : files_(files), folder_(data / "messages"), quarantine_(quarantine) {}

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

int MessageFiles::write(std::string const& room, Changes& changes) {
    if (changes.erase_first) {
        if (int const error = erase(room); error < 0) return error;
        changes.erase_first = false;
    }
    // Segments that change in their middle are rewritten, the newest together with what follows in it.
    std::set<Seq> anew = changes.damaged;
    for (auto const& [seq, body] : changes.replaced) anew.insert(segment_of(seq));
    std::size_t done = 0;
    for (Seq const segment : anew) {
        if (int const error = rewrite(room, changes, done, segment); error < 0) return error;
    }
    while (done < changes.fresh.size()) {
        if (int const error = append(room, changes, done, segment_of(changes.fresh[done].seq)); error < 0) return error;
    }
    return 0;
}

int MessageFiles::append(std::string const& room, Changes& changes, std::size_t& done, Seq segment) {
    bool const is_new = changes.flushed < segment || changes.newest_bytes == 0;
    if (is_new) {
        if (int const error = ensure_folder(files_, room_folder(room)); error < 0) return error;
    }
    std::string lines;
    std::size_t count = 0;
    while (done + count < changes.fresh.size() && segment_of(changes.fresh[done + count].seq) == segment) {
        auto const& message = changes.fresh[done + count++];
        append_message_line(lines, message.seq, *message.body);
    }
    OpenFile file{files_, segment_path(room, segment), O_WRONLY | O_CREAT | O_APPEND};
    if (!file.ok()) return file.error();
    std::uint64_t const expected = is_new ? 0 : changes.newest_bytes;
    {
        std::unique_lock lock{files_mutex_};
        auto const size = files_.size(file.get());
        if (size < 0) return static_cast<int>(size);
        if (static_cast<std::uint64_t>(size) > expected) {
            // Left by a checkpoint that did not finish.
            if (int const error = files_.truncate(file.get(), expected); error < 0) return error;
        }
        if (int const error = write_all(files_, file.get(), lines); error < 0) return error;
    }
    if (int const error = files_.sync(file.get()); error < 0) return error;
    if (is_new) {
        if (int const error = files_.sync_folder(room_folder(room)); error < 0) return error;
        if (int const error = files_.sync_folder(folder_); error < 0) return error;
    }
    done += count;
    changes.flushed = changes.fresh[done - 1].seq;
    changes.newest_bytes = expected + lines.size();
    return 0;
}

int MessageFiles::rewrite(std::string const& room, Changes& changes, std::size_t& done, Seq segment) {
    std::string text;
    auto const path = segment_path(room, segment);
    if (int const error = read_file(files_, path, text); error < 0 && error != -ENOENT) return error;

    std::map<Seq, std::string> messages;
    auto const name = "messages/" + room + '/' + path.filename().string();
    bool is_past = false;
    each_message_line(
        text,
        [&](std::size_t, Seq seq, std::string body) {
            if (seq > changes.flushed) is_past = true;
            if (seq >= segment && seq <= changes.flushed) messages.insert_or_assign(seq, std::move(body));
        },
        [&](std::size_t at, std::string_view line) {
            // After the last message there may be half a line of a checkpoint that did not finish: not a loss.
            if (!is_past && at + line.size() < text.size()) quarantine_.keep(name, at, line, "a damaged message");
        });
    auto const end = changes.replaced.lower_bound(segment + segment_places);
    for (auto replaced = changes.replaced.lower_bound(segment); replaced != end; ++replaced) {
        messages.insert_or_assign(replaced->first, *replaced->second);
    }
    bool const is_newest = segment == segment_of(std::max<Seq>(changes.flushed, 1));
    std::size_t count = 0;
    if (is_newest) {
        while (done + count < changes.fresh.size() && segment_of(changes.fresh[done + count].seq) == segment) {
            auto const& message = changes.fresh[done + count++];
            messages.insert_or_assign(message.seq, *message.body);
        }
    }
    // Where nothing is left, an empty file says that this is known, so that no later start reports the loss again.
    std::string lines;
    for (auto const& [seq, body] : messages) append_message_line(lines, seq, body);
    if (int const error = ensure_folder(files_, room_folder(room)); error < 0) return error;
    Path const temporary = path.string() + ".tmp";
    if (int const error = write_file(files_, temporary, lines); error < 0) return error;
    {
        std::unique_lock lock{files_mutex_};
        if (int const error = files_.rename(temporary, path); error < 0) return error;
    }
    if (is_newest) {
        // The file has this shape now, whether or not its name is durable yet.
        done += count;
        if (count > 0) changes.flushed = changes.fresh[done - 1].seq;
        changes.newest_bytes = lines.size();
    }
    if (int const error = files_.sync_folder(room_folder(room)); error < 0) return error;
    return files_.sync_folder(folder_);
}

int MessageFiles::erase(std::string const& room) {
    std::unique_lock lock{files_mutex_};
    std::vector<std::string> names;
    int const error = files_.list(room_folder(room), names);
    if (error == -ENOENT) return 0;
    if (error < 0) return error;
    for (auto const& name : names) {
        if (int const failure = files_.remove(room_folder(room) / name); failure < 0) return failure;
    }
    // The names must be gone from the disk before the same names can be made again.
    if (int const failure = files_.sync_folder(room_folder(room)); failure < 0) return failure;
    if (int const failure = files_.remove(room_folder(room)); failure < 0) return failure;
    return files_.sync_folder(folder_);
}

}  // namespace soyuz::store

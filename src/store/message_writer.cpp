#include <algorithm>
#include <mutex>

#include <fcntl.h>

#include "store/message_files.hpp"

namespace soyuz::store {

int MessageFiles::write(std::string const& room, Changes& changes) {
    if (changes.erase_first) {
        if (int const error = erase(room); error < 0) return error;
        changes.erase_first = false;
    }
    // Segments that change in their middle are written anew, the newest together with what follows in it.
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
    // Where nothing is left, an empty file says that this is known, so that no later start finds the loss anew.
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

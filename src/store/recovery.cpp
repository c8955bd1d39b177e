#include "store/recovery.hpp"

#include <algorithm>
#include <cerrno>
#include <set>

#include <fcntl.h>

#include "base/json_reader.hpp"
#include "base/log.hpp"
#include "store/journal.hpp"
#include "store/log_files.hpp"
#include "store/seal.hpp"

namespace soyuz::store {
namespace {

constexpr std::size_t read_size = 1U << 20U;

/// Number that a previous generation stands at, believed without looking at its checksum: a wrong one only makes the
/// next checkpoint rewrite the file.
std::uint64_t claimed_number(Files& files, Path const& path) {
    OpenFile file{files, path, O_RDONLY};
    std::string head;
    if (!file.ok() || read_range(files, file.get(), 0, 256, head) < 0) return 0;
    constexpr std::string_view label = "\"journal\":";
    auto const at = head.find(label);
    return at == std::string::npos ? 0 : base::JsonReader{head, at + label.size()}.number();
}

class Recovery {
public:
    Recovery(Files& files, Path const& data, MessageFiles const& messages)
        : files_(files), data_(data), messages_(messages) {}

    Recovered run() {
        if (int const error = list_segments(files_, data_ / "journal", segments_); error < 0 && error != -ENOENT) {
            fail(OpenFailure::Kind::unusable, "journal: " + error_text(error));
            return std::move(out_);
        }
        if (int const error = list_collections(files_, data_, collections_); error < 0) {
            unreadable(data_.string(), error);
            return std::move(out_);
        }
        if (!read_mark() || out_.is_new) return std::move(out_);
        for (auto const& name : collections_) {
            if (!read_collection(name)) return std::move(out_);
        }
        read_journal();
        if (!out_.failure) {
            place_rooms();
            place_logs();
        }
        return std::move(out_);
    }

private:
    void fail(OpenFailure::Kind kind, std::string message) { out_.failure = OpenFailure{kind, std::move(message)}; }

    void damage(std::string file, std::uint64_t byte, std::string what, std::string_view bytes = {}) {
        out_.findings.push_back({Finding::Kind::damage, std::move(file), byte, std::move(what), std::string{bytes}});
    }
    void torn(std::string file, std::uint64_t byte, std::string what) {
        out_.findings.push_back({Finding::Kind::torn, std::move(file), byte, std::move(what), {}});
    }

    bool is_untouched() const {
        std::vector<std::string> rooms;
        int const error = files_.list(data_ / "messages", rooms);
        return (error == 0 || error == -ENOENT) && rooms.empty() && segments_.empty() && collections_.empty();
    }

    bool unreadable(std::string const& file, int error) {
        fail(OpenFailure::Kind::unusable, file + " can't be read: " + error_text(error));
        return false;
    }

    /// Reads a file, or where that is missing or damaged its previous generation; false where neither can be used.
    /// `instead` says what a previous generation leads to.
    template <class Read>
    bool read_generation(std::string const& file, Read& read, auto const& parse, std::string const& instead) {
        std::string text;
        int const error = read_file(files_, data_ / file, text);
        if (error < 0 && error != -ENOENT) return unreadable(file, error);
        read = parse(text);
        if (read.state == OpenedDocument::State::newer) {
            fail(OpenFailure::Kind::newer_version, file + " was written by a newer version of this program.");
            return false;
        }
        if (read.state == OpenedDocument::State::good) return true;
        if (error == 0) {
            damage(file, 0, "checksum mismatch; " + instead, text);
        } else {
            torn(file, 0, "missing: a checkpoint did not finish; " + instead);
        }
        int const previous_error = read_file(files_, previous_path(data_ / file), text);
        if (previous_error < 0 && previous_error != -ENOENT) return unreadable(file, previous_error);
        read = previous_error < 0 ? Read{} : parse(text);
        has_neither_ = error < 0 && previous_error < 0;
        if (read.state == OpenedDocument::State::good) return true;
        fail(OpenFailure::Kind::damaged, file + ", byte 0: " + (error < 0 ? "missing" : "damaged") + ", and previous/" +
                                             file + " can't replace it; restore a backup");
        return false;
    }

    bool read_mark() {
        ReadMark read;
        if (!read_generation("checkpoint.json", read, parse_mark, "its previous generation and the journal are used")) {
            if (!has_neither_ || !is_untouched()) return false;
            out_ = {};
            out_.is_new = true;
            return true;
        }
        out_.mark = std::move(read.mark);
        for (auto const& [id, at] : out_.mark.rooms) {
            auto& room = out_.state.rooms[id];
            room.last = room.flushed = at.last;
            room.newest_bytes = at.bytes;
        }
        for (auto const& [name, bytes] : out_.mark.logs) out_.state.logs[name].flushed_bytes = bytes;
        return true;
    }

    bool read_collection(std::string const& name) {
        auto const file = name + ".json";
        auto const found = out_.findings.size();
        ReadCollection read;
        auto const parse = [&](std::string_view text) { return parse_collection(name, text); };
        if (!read_generation(file, read, parse, "rebuilt from its previous generation and the journal")) return false;
        bool const is_newest = out_.findings.size() == found;
        uses_previous_ |= !is_newest;
        auto& collection = out_.state.collections[name];
        collection.documents = std::move(read.documents);
        collection.written = read.number;
        collection.has_file = is_newest;
        collection.previous = is_newest ? claimed_number(files_, previous_path(data_ / file)) : 0;
        return true;
    }

    void read_journal() {
        auto const needed = out_.mark.number + 1;
        std::size_t start = 0;
        if (!uses_previous_) {
            while (start + 1 < segments_.size() && segments_[start + 1] <= needed) ++start;
        }
        // The mark of a checkpoint is made after the segment that follows it; only that of a new folder is made before.
        bool const is_complete = std::find(segments_.begin(), segments_.end(), needed) != segments_.end();
        if (!is_complete && out_.mark.number + segments_.size() > 0) {
            damage("journal", 0, "records from " + std::to_string(needed) + " on are missing");
        }
        if (!segments_.empty()) expected_ = segments_[start];
        for (std::size_t i = start; i < segments_.size() && !out_.failure; ++i) read_segment(i);
        out_.next = std::max(expected_, needed);
        for (auto const& [name, collection] : out_.state.collections) {
            out_.next = std::max(out_.next, collection.written + 1);
        }
    }

    void read_segment(std::size_t i) {
        auto const file = "journal/" + std::to_string(segments_[i]) + ".jsonl";
        bool const is_newest = i + 1 == segments_.size();
        // A segment ends where the next one begins: what stands after that was refused.
        auto const limit = is_newest ? UINT64_MAX : segments_[i + 1];
        take_gap(file, 0, segments_[i]);
        int const error = each_line(files_, data_ / file, [&](std::uint64_t at, std::string_view line, bool is_ended) {
            if (expected_ >= limit) return false;
            auto const take = [&](std::string_view opened) {
                auto record = parse_record(opened);
                if (!record) return false;
                if (record->number >= limit || record->number < expected_) return true;
                take_gap(file, at, record->number);
                apply(std::move(*record));
                return true;
            };
            auto const opened = open_line(line);
            if (opened && take(*opened)) return true;
            bool has_good = false;
            bool const is_whole = salvage(line, record_head, [&](std::string_view piece) { has_good |= take(piece); });
            if (!is_ended && is_newest && !has_good) {
                torn(file, at, "the last record was not written to its end");
                out_.torn_tail = Recovered::Tail{data_ / file, at};
            } else {
                damage(file, at, is_whole ? "a damaged line break" : "a damaged record", line);
                has_damage_ |= !is_whole;
            }
            return true;
        });
        if (error < 0) unreadable(file, error);
    }

    /// Records between the expected one and `number` are not there. Where a damaged line stood, they are known about.
    void take_gap(std::string const& file, std::uint64_t at, std::uint64_t number) {
        if (number > expected_ && !has_damage_) {
            damage(file, at,
                   "records " + std::to_string(expected_) + " to " + std::to_string(number - 1) + " are missing");
        }
        if (number >= expected_) {
            expected_ = number;
            has_damage_ = false;
        }
    }

    void apply(Record&& record) {
        expected_ = record.number + 1;
        auto seq = record.seqs.begin();
        for (auto& change : record.batch) {
            bool const is_append = std::holds_alternative<AppendMessage>(change);
            Seq const place = is_append ? *seq++ : 0;
            std::string const* collection = nullptr;
            if (auto const* put = std::get_if<Put>(&change)) collection = &put->collection;
            if (auto const* erase = std::get_if<Erase>(&change)) collection = &erase->collection;
            if (collection != nullptr) {
                // A file may be newer than the mark: its checkpoint did not finish.
                if (record.number > out_.state.collections[*collection].written) {
                    out_.state.apply_to_documents(record.number, std::move(change));
                }
            } else if (record.number <= out_.mark.number) {
                continue;
            } else if (auto* const append = std::get_if<AppendLog>(&change)) {
                out_.state.apply_to_log(std::move(*append));
            } else {
                out_.state.apply_to_messages(std::move(change), place);
            }
        }
    }

    void place_rooms() {
        for (auto& [id, room] : out_.state.rooms) {
            if (room.files_are_forgotten || room.flushed == 0) continue;
            auto const segment = MessageFiles::segment_of(room.flushed);
            auto const place = messages_.locate(id, room.flushed, room.newest_bytes);
            if (place.error < 0) {
                unreadable("messages/" + id, place.error);
                return;
            }
            room.newest_bytes = place.bytes;
            auto const file = "messages/" + id + '/' + std::to_string(segment) + ".jsonl";
            if (place.missing) {
                damage(file, place.bytes,
                       "the newest messages up to " + std::to_string(room.flushed) + " are not intact");
                room.damaged.insert(segment);
            } else if (place.longer) {
                torn(file, place.bytes, "lines of a checkpoint that did not finish");
            }
        }
    }

    void place_logs() {
        for (auto& [name, log] : out_.state.logs) {
            OpenFile file{files_, log_path(data_, name), O_RDONLY};
            auto const found = file.ok() ? files_.size(file.get()) : file.error();
            if (found < 0 && found != -ENOENT) {
                unreadable(name + ".jsonl", static_cast<int>(found));
                return;
            }
            auto const size = found < 0 ? 0 : static_cast<std::uint64_t>(found);
            if (size < log.flushed_bytes) {
                damage(name + ".jsonl", size, "shorter than it was written");
                log.flushed_bytes = size;
            } else if (size > log.flushed_bytes) {
                torn(name + ".jsonl", log.flushed_bytes, "lines of a checkpoint that did not finish");
            }
        }
    }

    Files& files_;
    Path const& data_;
    MessageFiles const& messages_;
    Recovered out_;
    std::vector<std::uint64_t> segments_;
    std::vector<std::string> collections_;
    std::uint64_t expected_ = 1;
    bool has_neither_ = false;  ///< of the generations of the file read last
    bool uses_previous_ = false;
    bool has_damage_ = false;
};

}  // namespace

Recovered recover(Files& files, Path const& data, MessageFiles const& messages) {
    return Recovery{files, data, messages}.run();
}

int settle(Files& files, Path const& data, Recovered const& recovered, Quarantine& quarantine) {
    for (auto const* name : {"journal", "messages", "previous"})
        if (int const error = ensure_folder(files, data / name); error < 0) return error;
    if (int const error = files.sync_folder(data); error < 0) return error;
    if (recovered.is_new) {
        // The mark stands before the first journal segment does, so that a journal is never without one.
        auto const path = data / "checkpoint.json";
        if (int const error = replace_file(files, path, print_mark({})); error < 0) return error;
        return replace_file(files, previous_path(path), print_mark({}));
    }
    for (auto const& finding : recovered.findings) {
        if (finding.kind == Finding::Kind::torn) {
            base::log::info("repaired after a crash: " + describe(finding));
        } else if (!finding.bytes.empty()) {
            quarantine.keep(finding.file, finding.byte, finding.bytes, finding.what);
        } else {
            base::log::warn("damaged data: " + describe(finding));
        }
    }
    if (!recovered.torn_tail) return 0;
    OpenFile file{files, recovered.torn_tail->path, O_WRONLY};
    if (!file.ok()) return file.error();
    if (int const error = files.truncate(file.get(), recovered.torn_tail->end); error < 0) return error;
    return files.sync(file.get());
}

int each_line(Files& files, Path const& path, std::function<bool(std::uint64_t, std::string_view, bool)> const& each) {
    OpenFile file{files, path, O_RDONLY};
    if (!file.ok()) return file.error();
    auto const size = files.size(file.get());
    if (size < 0) return static_cast<int>(size);
    auto const step = std::min(read_size, static_cast<std::size_t>(size) + 1);
    std::string buffer;
    std::uint64_t buffer_at = 0;  // place of the buffer in the file
    while (true) {
        auto const got = read_range(files, file.get(), buffer_at + buffer.size(), step, buffer);
        if (got < 0) return static_cast<int>(got);
        std::size_t at = 0;
        for (auto end = buffer.find('\n'); end != std::string::npos; end = buffer.find('\n', at)) {
            if (!each(buffer_at + at, std::string_view{buffer}.substr(at, end - at), true)) return 0;
            at = end + 1;
        }
        if (got == 0) {
            if (at < buffer.size()) each(buffer_at + at, std::string_view{buffer}.substr(at), false);
            return 0;
        }
        buffer.erase(0, at);
        buffer_at += at;
    }
}

std::string describe(Finding const& finding) {
    return finding.file + ", byte " + std::to_string(finding.byte) + ": " + finding.what;
}

int list_collections(Files& files, Path const& data, std::vector<std::string>& collections) {
    constexpr std::string_view suffix = ".json";
    std::set<std::string> found;
    for (auto const& folder : {data, data / "previous"}) {
        std::vector<std::string> names;
        if (int const error = files.list(folder, names); error < 0 && error != -ENOENT) return error;
        for (std::string_view name : names) {
            if (!name.ends_with(suffix)) continue;
            name.remove_suffix(suffix.size());
            if (is_plain_name(name) && name != "checkpoint" && name != "secret") found.emplace(name);
        }
    }
    collections.assign(found.begin(), found.end());
    return 0;
}

}  // namespace soyuz::store

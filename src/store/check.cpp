#include "store/check.hpp"

#include <algorithm>
#include <cerrno>

#include "base/clock.hpp"
#include "store/folder_lock.hpp"
#include "store/journal.hpp"
#include "store/log_files.hpp"
#include "store/seal.hpp"

namespace soyuz::store {
namespace {

class Examination {
public:
    Examination(Files& files, Path const& data, Recovered const& recovered)
        : files_(files), data_(data), recovered_(recovered) {}

    /// Only what needs no look at the state.
    std::vector<Finding> run_behind_mark() {
        examine_previous();
        examine_journal();
        return std::move(findings_);
    }

    std::vector<Finding> run() {
        examine_previous();
        examine_journal();
        for (auto const& [id, room] : recovered_.state.rooms) {
            if (!room.files_are_forgotten && room.flushed > 0) examine_room(id, room);
        }
        for (auto const& [name, log] : recovered_.state.logs) examine_log(name, log);
        examine_secret();
        return std::move(findings_);
    }

private:
    void damage(std::string file, std::uint64_t byte, std::string what) {
        findings_.push_back({Finding::Kind::damage, std::move(file), byte, std::move(what), {}});
    }

    void examine_previous() {
        std::vector<std::string> names;
        list_collections(files_, data_, names);
        names.emplace_back("checkpoint");
        for (auto const& name : names) {
            auto const file = name + ".json";
            std::string text;
            if (read_file(files_, previous_path(data_ / file), text) < 0) continue;
            auto const mark = parse_mark(text);
            auto const state = name == "checkpoint" ? mark.state : parse_collection(name, text).state;
            if (mark.state == OpenedDocument::State::good && name == "checkpoint")
                oldest_needed_ = mark.mark.number + 1;
            if (state == OpenedDocument::State::damaged) damage("previous/" + file, 0, "checksum mismatch");
        }
    }

    void examine_secret() {
        std::string text;
        if (read_file(files_, data_ / "secret.json", text) < 0) return;
        if (open_document(text).state == OpenedDocument::State::damaged)
            damage("secret.json", 0, "checksum mismatch; a start makes a new one, and everyone signs in again");
    }

    /// Segments that recovery did not need; where it read them, it has reported what it found.
    void examine_journal() {
        std::vector<std::uint64_t> firsts;
        list_segments(files_, data_ / "journal", firsts);
        if (oldest_needed_ > 1 && std::find(firsts.begin(), firsts.end(), oldest_needed_) == firsts.end()) {
            damage("journal/" + std::to_string(oldest_needed_) + ".jsonl", 0, "missing; all files contain its records");
        }
        for (std::size_t i = 0; i + 1 < firsts.size() && firsts[i + 1] <= recovered_.mark.number + 1; ++i) {
            auto const file = "journal/" + std::to_string(firsts[i]) + ".jsonl";
            auto expected = firsts[i];
            each_line(files_, data_ / file, [&](std::uint64_t at, std::string_view line, bool) {
                if (expected >= firsts[i + 1]) return false;
                auto const opened = open_line(line);
                auto const record = opened ? parse_record(*opened) : std::nullopt;
                if (!record) damage(file, at, "a damaged record; all files contain it already");
                expected = record ? record->number + 1 : expected + 1;
                return true;
            });
        }
    }

    void examine_room(std::string const& id, Room const& room) {
        Seq const newest = MessageFiles::segment_of(room.flushed);
        for (Seq segment = 1; segment <= newest; segment += MessageFiles::segment_places) {
            auto const file = "messages/" + id + '/' + std::to_string(segment) + ".jsonl";
            std::string text;
            if (int const error = read_file(files_, data_ / file, text); error < 0) {
                damage(file, 0, error == -ENOENT ? "missing" : error_text(error));
                continue;
            }
            auto const end = segment == newest ? room.newest_bytes : text.size();
            Seq const last = std::min(room.flushed, segment + MessageFiles::segment_places - 1);
            Seq count = 0;
            each_message_line(
                std::string_view{text}.substr(0, end), [&](std::size_t, Seq, std::string const&) { ++count; },
                [&](std::size_t at, std::string_view) { damage(file, at, "a damaged message"); });
            if (auto const expected = last - segment + 1; count < expected) gaps(file, expected - count);
        }
    }

    void gaps(std::string const& file, Seq count) {
        findings_.push_back({Finding::Kind::note, file, 0, std::to_string(count) + " messages are not there", {}});
    }

    void examine_log(std::string const& name, Log const& log) {
        std::string text;
        if (log.flushed_bytes == 0 || read_file(files_, log_path(data_, name), text) < 0) return;
        each_log_line(
            std::string_view{text}.substr(0, log.flushed_bytes), [](std::size_t, std::string const&) {},
            [&](std::size_t at, std::string_view) { damage(name + ".jsonl", at, "a damaged line"); });
    }

    Files& files_;
    Path const& data_;
    Recovered const& recovered_;
    std::vector<Finding> findings_;
    std::uint64_t oldest_needed_ = 0;  ///< record that the previous generations need the journal from
};

void add(Report& report, std::vector<Finding> const& findings) {
    for (auto const& finding : findings) {
        report.lines.push_back(describe(finding));
        if (finding.kind == Finding::Kind::damage) report.state = Report::State::damaged;
        if (finding.kind == Finding::Kind::torn && report.state == Report::State::clean) {
            report.state = Report::State::torn_tail;
        }
    }
}

}  // namespace

std::vector<Finding> examine(Files& files, Path const& data, Recovered const& recovered) {
    return Examination{files, data, recovered}.run();
}

bool has_damage_behind_mark(Files& files, Path const& data) {
    Recovered marked;
    std::string text;
    if (read_file(files, data / "checkpoint.json", text) < 0) return false;
    marked.mark = parse_mark(text).mark;
    return !Examination{files, data, marked}.run_behind_mark().empty();
}

Report check(Path const& data, Files& files) {
    Report report;
    std::vector<std::string> names;
    if (int const error = files.list(data, names); error < 0) {
        report.state = Report::State::damaged;
        report.lines.push_back(data.string() + ": " + error_text(error));
        return report;
    }
    base::SystemClock clock;
    Quarantine quarantine{files, data, clock};
    MessageFiles messages{files, data, quarantine};
    auto const recovered = recover(files, data, messages);
    add(report, recovered.findings);
    if (recovered.failure) {
        report.state = Report::State::damaged;
        report.lines.push_back(recovered.failure->message);
    } else {
        add(report, examine(files, data, recovered));
    }
    if (auto const holder = FolderLock::holder(files, data)) {
        report.lines.push_back("A server (process " + *holder +
                               ") is writing to this folder: a torn tail may just be what it is writing now.");
    }
    return report;
}

}  // namespace soyuz::store

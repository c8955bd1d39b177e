#include "live/recording/recorder.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "base/log.hpp"
#include "live/recording/finisher.hpp"
#include "live/webm/writer.hpp"

namespace soyuz::live {

using namespace std::chrono_literals;
using Json = nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr auto sync_interval = 2s;
constexpr std::size_t most_waiting_bytes = std::size_t{16} << 20U;
constexpr std::size_t work_waiting = 100'000;
constexpr std::string_view part_ending = ".webm.part", ending = ".webm", notes_ending = ".json";

constexpr std::int64_t clip_cluster = 1000;

/// What the names of a kind's files have behind their id.
std::string_view mark_of(RecordingKind kind) { return kind == RecordingKind::clip ? ".clip" : ""; }

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= 20 &&
           std::all_of(text.begin(), text.end(), [](char letter) { return letter >= '0' && letter <= '9'; });
}

fs::path with(fs::path const& folder, std::string_view id, std::string_view suffix) {
    return folder / (std::string{id} + std::string{suffix});
}

fs::path with(fs::path const& folder, std::string_view id, RecordingKind kind, std::string_view suffix) {
    return with(folder, std::string{id} + std::string{mark_of(kind)}, suffix);
}

std::optional<RecordingInfo> read_notes(fs::path const& path) {
    std::ifstream file{path};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    auto const json = base::parse_json(text);
    if (!json || !json->is_object()) return std::nullopt;
    base::Members const members{*json};
    RecordingInfo info;
    info.id = members.text("id");
    info.room = base::RoomId{members.text("room")};
    info.host = base::UserId{members.text("host")};
    info.started_at = members.time("started_at").value_or(base::Timestamp{});
    info.duration = std::chrono::milliseconds{static_cast<std::int64_t>(members.number("duration_ms"))};
    info.bytes = members.number("bytes");
    info.the_case = members.text("case");
    return is_id(info.id) ? std::optional{info} : std::nullopt;
}

void write_notes(fs::path const& path, RecordingInfo const& info) {
    Json json{{"id", info.id},
              {"room", info.room.value},
              {"host", info.host.value},
              {"started_at", base::to_rfc3339(info.started_at)},
              {"duration_ms", info.duration.count()},
              {"bytes", info.bytes}};
    if (!info.the_case.empty()) json["case"] = info.the_case;
    std::ofstream{path, std::ios::trunc} << base::to_text(json) << '\n';
}

void remove_file(fs::path const& path) {
    std::error_code fault;
    fs::remove(path, fault);
}

/// Frames as a stream: a cluster begins with each key frame, and each second where there are none.
std::string stream_of(Feed::Past const& past) {
    auto out = webm::init_segment(past.tracks, webm::Part::all);
    std::vector<webm::Block> cluster;
    for (auto const& block : past.blocks) {
        bool const is_key = block.is_video && block.is_key;
        if (!cluster.empty() && (is_key || block.time - cluster.front().time > clip_cluster)) {
            out += webm::cluster(cluster, webm::Part::all);
            cluster.clear();
        }
        cluster.push_back(block);
    }
    return out + webm::cluster(cluster, webm::Part::all);
}

void write_clip(fs::path const& folder, RecordingInfo info, Feed::Past const& past) {
    std::error_code error;
    fs::create_directories(folder, error);
    auto const part = with(folder, info.id, RecordingKind::clip, part_ending);
    std::ofstream{part, std::ios::binary | std::ios::trunc} << stream_of(past);
    auto const done = finish_recording(part, with(folder, info.id, RecordingKind::clip, ending));
    remove_file(part);
    if (!done) return base::log::error("a clip could not be kept", {{"room", info.room.value}});
    info.duration = done->duration;
    info.bytes = done->bytes;
    write_notes(with(folder, info.id, RecordingKind::clip, notes_ending), info);
}

/// The recording of which `notes` tells is finished, or removed where there is nothing in it.
void finish(fs::path const& folder, RecordingInfo info) {
    auto const part = with(folder, info.id, part_ending);
    auto const done = finish_recording(part, with(folder, info.id, ending));
    if (!done && done.error().code != base::Code::not_found) {
        base::log::error("a recording could not be finished yet", {{"id", info.id}});
        return;
    }
    remove_file(part);
    if (!done) return remove_file(with(folder, info.id, notes_ending));
    info.duration = done->duration;
    info.bytes = done->bytes;
    write_notes(with(folder, info.id, notes_ending), info);
}

}  // namespace

/// Written by the recorder's thread alone, but for the atomics.
struct Recording::Sink {
    fs::path folder;
    RecordingInfo info;
    std::uint64_t reserve = 0;
    int file = -1;
    std::chrono::steady_clock::time_point synced{};
    std::atomic<std::size_t> waiting_bytes{0};
    std::atomic<char const*> fault{nullptr};

    void fail(char const* why) {
        char const* none = nullptr;
        fault.compare_exchange_strong(none, why);
    }

    void open() {
        std::error_code error;
        fs::create_directories(folder, error);
        write_notes(with(folder, info.id, notes_ending), info);
        file = ::open(with(folder, info.id, part_ending).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (file < 0) fail("disk_failed");
        synced = std::chrono::steady_clock::now();
    }

    void write(std::string_view bytes) {
        if (file < 0 || fault != nullptr) return;
        while (!bytes.empty()) {
            auto const put = ::write(file, bytes.data(), bytes.size());
            if (put <= 0)
                return fail(errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? "disk_full" : "disk_failed");
            bytes.remove_prefix(static_cast<std::size_t>(put));
        }
        auto const now = std::chrono::steady_clock::now();
        if (now - synced < sync_interval) return;
        synced = now;
        if (::fdatasync(file) != 0) return fail("disk_failed");
        std::error_code error;
        auto const space = fs::space(folder, error);
        if (!error && space.available < reserve) fail("disk_full");
    }

    void close() {
        if (file >= 0) ::close(std::exchange(file, -1));
        finish(folder, info);
    }
};

Recording::Recording(Recorder& recorder, std::shared_ptr<Sink> sink) : recorder_(recorder), sink_(std::move(sink)) {
    if (!recorder_.submit([sink = sink_] { sink->open(); })) sink_->fail("disk_slow");
}

Recording::~Recording() {
    if (!recorder_.submit([sink = sink_] { sink->close(); }))
        base::log::warn("a recording is finished at the next start", {{"id", sink_->info.id}});
}

void Recording::add(Fragment const& fragment, Bytes const& init) {
    if (has_failed()) return;
    // Later tracks are those of the same camera in another size, which players read from the frames.
    if (!has_begun_ && (!init || !fragment.is_key)) return;
    auto const head = std::exchange(has_begun_, true) ? nullptr : init;
    auto const bytes = fragment.whole->size();
    if (sink_->waiting_bytes.fetch_add(bytes) + bytes > most_waiting_bytes) return sink_->fail("disk_slow");
    bool const taken = recorder_.submit([sink = sink_, head, whole = fragment.whole] {
        if (head) sink->write(*head);
        sink->write(*whole);
        sink->waiting_bytes -= whole->size();
    });
    if (!taken) sink_->fail("disk_slow");
}

bool Recording::has_failed() const { return sink_->fault != nullptr; }

std::string Recording::fault() const {
    auto const* const fault = sink_->fault.load();
    return fault == nullptr ? "" : fault;
}

Recorder::Recorder(Options options, base::Clock const& clock)
    : options_(std::move(options)), clock_(clock), started_(clock.now()), writer_("recorder", 1, work_waiting) {}

Recorder::~Recorder() { stop(); }

void Recorder::stop() { writer_.stop(); }

std::unique_ptr<Recording> Recorder::begin(base::RoomId const& room, base::UserId const& host, base::Timestamp now) {
    auto sink = std::make_shared<Recording::Sink>();
    sink->folder = folder_of(room);
    sink->info.id = std::to_string(now.time_since_epoch().count());
    sink->info.room = room;
    sink->info.host = host;
    sink->info.started_at = now;
    sink->reserve = options_.reserve;
    return std::unique_ptr<Recording>(new Recording(*this, std::move(sink)));
}

bool Recorder::keep_clip(base::RoomId const& room, base::UserId const& by, std::string the_case, base::Timestamp now,
                         Feed::Past past) {
    RecordingInfo info;
    info.id = std::to_string(now.time_since_epoch().count());
    info.room = room;
    info.host = by;
    info.the_case = std::move(the_case);
    info.started_at = now;
    auto const shared = std::make_shared<Feed::Past const>(std::move(past));
    return submit([folder = folder_of(room), info = std::move(info), shared] { write_clip(folder, info, *shared); });
}

std::vector<RecordingInfo> Recorder::of(base::RoomId const& room, RecordingKind kind) const {
    std::vector<RecordingInfo> found;
    std::error_code fault;
    for (auto const& entry : fs::directory_iterator{folder_of(room), fault}) {
        if (entry.path().extension() != notes_ending) continue;
        auto info = read_notes(entry.path());
        if (!info || with(folder_of(room), info->id, kind, notes_ending) != entry.path()) continue;
        if (fs::exists(with(folder_of(room), info->id, kind, ending), fault)) found.push_back(std::move(*info));
    }
    std::sort(found.begin(), found.end(), [](auto const& one, auto const& other) { return one.id > other.id; });
    return found;
}

std::optional<fs::path> Recorder::file_of(base::RoomId const& room, std::string_view id, RecordingKind kind) const {
    if (!is_id(id)) return std::nullopt;
    auto path = with(folder_of(room), id, kind, ending);
    std::error_code fault;
    return fs::is_regular_file(path, fault) ? std::optional{path} : std::nullopt;
}

bool Recorder::remove(base::RoomId const& room, std::string_view id, RecordingKind kind) {
    auto const path = file_of(room, id, kind);
    if (!path) return false;
    remove_file(*path);
    remove_file(with(folder_of(room), id, kind, notes_ending));
    return true;
}

void Recorder::forget(base::RoomId const& room) {
    // Behind what is being written of it.
    bool const queued = submit([folder = folder_of(room)] {
        std::error_code fault;
        fs::remove_all(folder, fault);
    });
    if (!queued) base::log::warn("recordings of a removed room stay until the next sweep", {{"room", room.value}});
}

void Recorder::sweep() {
    std::vector<RecordingInfo> all;
    std::error_code fault;
    for (auto const& folder : fs::directory_iterator{options_.folder, fault}) {
        auto of_room = of(base::RoomId{folder.path().filename().string()});
        all.insert(all.end(), of_room.begin(), of_room.end());
    }
    std::sort(all.begin(), all.end(),
              [](auto const& one, auto const& other) { return one.started_at > other.started_at; });
    std::uint64_t bytes = 0;
    for (auto const& info : all) {
        bytes += info.bytes;
        bool const is_old = clock_.now() - info.started_at > options_.kept;
        if (!is_old && bytes <= options_.total_bytes) continue;
        base::log::info("a recording is removed: too old, or too many", {{"room", info.room.value}, {"id", info.id}});
        remove(info.room, info.id);
    }
}

void Recorder::recover() {
    std::error_code fault;
    for (auto const& folder : fs::directory_iterator{options_.folder, fault}) {
        std::error_code inner;
        for (auto const& entry : fs::directory_iterator{folder.path(), inner}) {
            auto const name = entry.path().filename().string();
            if (!name.ends_with(part_ending)) continue;
            auto const id = name.substr(0, name.size() - part_ending.size());
            auto info = read_notes(with(folder.path(), id, notes_ending));
            if (!info || info->id != id || info->started_at >= started_) continue;
            base::log::info("a recording that a crash left is finished", {{"id", id}});
            finish(folder.path(), std::move(*info));
        }
    }
}

}  // namespace soyuz::live

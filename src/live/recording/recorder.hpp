#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/workers.hpp"
#include "live/feed.hpp"
#include "live/fragment.hpp"

namespace soyuz::live {

class Recorder;

/// One recording in progress: fragments are handed over and written by the recorder's thread. Ending it has the file
/// finished. Thread-safe.
class Recording {
public:
    ~Recording();
    Recording(Recording const&) = delete;
    Recording& operator=(Recording const&) = delete;

    /// Begins with the first fragment that a player can begin with, behind `init`. Doesn't block: what the disk does
    /// not take in time ends the recording.
    void add(Fragment const& fragment, Bytes const& init);
    bool has_failed() const;
    /// Why it has: "disk_full", "disk_failed" or "disk_slow".
    std::string fault() const;

private:
    friend class Recorder;
    struct Sink;
    Recording(Recorder& recorder, std::shared_ptr<Sink> sink);

    Recorder& recorder_;
    std::shared_ptr<Sink> const sink_;
    bool has_begun_ = false;
};

enum class RecordingKind {
    whole,  ///< a broadcast, as viewers saw it
    clip,   ///< a minute of one as it came, for moderators; kept until they remove it
};

/// What is known of a finished recording.
struct RecordingInfo {
    std::string id;
    base::RoomId room;
    base::UserId host;          ///< of a clip: the moderator who had it kept
    std::string the_case = {};  ///< of a clip: the case that it is evidence for; "" where there is none
    base::Timestamp started_at{};
    std::chrono::milliseconds duration{0};
    std::uint64_t bytes = 0;
};

/// Writes broadcasts to files as they come, a folder for each room: `<start>.webm.part` while it grows, with fsync
/// every two seconds, and `<start>.webm` with length and seek points once it has ended, beside it `<start>.json`. After
/// a crash what lies unfinished is finished at the next start. Thread-safe; writing has a thread of its own.
class Recorder {
public:
    struct Options {
        std::filesystem::path folder;
        std::uint64_t reserve = 500'000'000;         ///< bytes of the disk that are left free
        std::uint64_t total_bytes = 20'000'000'000;  ///< of all recordings; beyond it the oldest go
        std::chrono::hours kept{24 * 30};
    };
    Recorder(Options options, base::Clock const& clock);
    /// Finishes what is open.
    ~Recorder();

    std::unique_ptr<Recording> begin(base::RoomId const& room, base::UserId const& host, base::Timestamp now);

    /// Has a clip written. Doesn't block; false where too much waits to be written.
    bool keep_clip(base::RoomId const& room, base::UserId const& by, std::string the_case, base::Timestamp now,
                   Feed::Past past);

    /// Finished ones, newest first. Blocks on the disk.
    std::vector<RecordingInfo> of(base::RoomId const& room, RecordingKind kind = RecordingKind::whole) const;
    /// Where one lies; none where there is none. Blocks on the disk.
    std::optional<std::filesystem::path> file_of(base::RoomId const& room, std::string_view id,
                                                 RecordingKind kind = RecordingKind::whole) const;
    bool remove(base::RoomId const& room, std::string_view id, RecordingKind kind = RecordingKind::whole);
    void forget(base::RoomId const& room);
    /// Removes what is older than it is kept, and the oldest beyond the bytes that all may have. Blocks on the disk.
    void sweep();
    /// Finishes what an earlier run left; what this one writes is left alone. Blocks on the disk.
    void recover();
    /// Waits until all that was handed over is written.
    void stop();

private:
    friend class Recording;

    std::filesystem::path folder_of(base::RoomId const& room) const { return options_.folder / room.value; }
    bool submit(std::function<void()> work) { return writer_.submit(std::move(work)); }

    Options const options_;
    base::Clock const& clock_;
    base::Timestamp const started_;
    base::Workers writer_;
};

}  // namespace soyuz::live

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/files.hpp"

namespace soyuz::store {

/// Writes the newest segment of the journal. Not thread-safe: belongs to the committer.
///
/// After a failed write or fsync the journal is broken until `repair` succeeds: nothing of the failed group will be
/// read again, and a new segment goes on where the last durable record ended. After an fsync that failed for another
/// reason than a lack of space it stays broken: what such a disk says later about other files can't be relied on.
class Journal {
public:
    Journal(Files& files, Path folder);
    ~Journal();
    Journal(Journal const&) = delete;
    Journal& operator=(Journal const&) = delete;

    /// Begins the segment whose first record will be `first`. 0 or a negated errno; then the old one is still in use,
    /// or the journal is `broken`.
    int begin_segment(std::uint64_t first);

    /// Writes `lines`, records up to and including `last`, and fsyncs if `durable`. 0, or a negated errno: then none
    /// of these records will be read again (once cut off), and `broken`.
    int append(std::string_view lines, std::uint64_t last, bool durable);

    /// Fsyncs what was appended without `durable`. A failure leaves `broken`; the records are kept in memory and
    /// rewritten by `repair`.
    int sync();

    bool broken() const { return broken_; }

    /// Did the disk lose what was written? Then nothing but a restart helps.
    bool is_lost() const { return is_lost_; }

    /// After a failure: has everything that was refused been cut off for good?
    bool is_cut() const { return is_cut_; }

    /// Cuts off what was refused. 0 or a negated errno.
    int cut();

    /// Sees whether the disk takes writes again, and begins a new segment. 0 or a negated errno.
    int repair();

    std::uint64_t next() const { return next_; }       ///< number of the next record
    bool is_empty() const { return next_ == first_; }  ///< the newest segment
    bool has_unsynced() const { return !unsynced_.empty(); }
    std::chrono::microseconds last_sync() const { return last_sync_; }

private:
    Path segment_path(std::uint64_t first) const;
    int refuse(int error);
    int timed_sync();
    int note_sync(int error);
    void give_up();

    Files& files_;
    Path folder_;
    int file_ = -1;
    std::uint64_t first_ = 0;  ///< first record of the newest segment
    std::uint64_t next_ = 0;
    std::uint64_t durable_ = 0;       ///< bytes of the newest segment that an fsync covered
    std::uint64_t durable_next_ = 0;  ///< the record after those
    std::string unsynced_;            ///< what follows them
    std::chrono::microseconds last_sync_{0};
    bool broken_ = false;
    bool is_cut_ = true;
    bool is_lost_ = false;
};

/// First record numbers of a journal's segments, ascending. 0 or a negated errno.
int list_segments(Files& files, Path const& folder, std::vector<std::uint64_t>& firsts);

}  // namespace soyuz::store

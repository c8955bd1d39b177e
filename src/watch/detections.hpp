#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "watch/alert_filter.hpp"
#include "watch/detection.hpp"
#include "watch/evidence.hpp"
#include "watch/records.hpp"

namespace soyuz::watch {

/// What was found in streams: the collection `detections`, and the pictures beside it. Thread-safe.
class Detections {
public:
    static constexpr std::size_t most = 20'000;  ///< the oldest go

    /// All are kept.
    Detections(store::Store& store, Evidence& evidence, base::Clock const& clock)
        : evidence_(evidence), clock_(clock), filter_(clock), records_(store, "detections") {}

    struct Reported {
        DetectionPtr detection;
        bool is_new = false;                  ///< else it joined an earlier one
        Records<Detection>::Written written;  ///< when it is durable
    };
    /// `open_case` runs for a new one and gives its case's id. Doesn't wait; writes the picture, where there is one.
    Reported report(Alert alert, std::function<std::string(Detection const&)> const& open_case);

    /// Waits for the disk. The first to acknowledge it stands there. Errors: not_found.
    base::Result<DetectionPtr> acknowledge(std::string_view id, base::UserId const& by);
    /// A picture that came after it. Blocks on the disk. Errors: not_found; invalid_value for what is no JPEG.
    base::Result<DetectionPtr> attach_picture(std::string_view id, std::string_view jpeg);
    /// Its case was decided, or is open again where `by` is empty. Doesn't wait. Null where there is none.
    DetectionPtr decided(std::string_view id, base::UserId const& by, bool upheld);

    struct Query {
        std::string stream = {};
        std::optional<Finding> finding = {};
        std::optional<base::Timestamp> before = {};
        bool open = false;  ///< only those nobody has acknowledged
        std::size_t limit = 50;
    };
    /// Newest first. `may_see` leaves out those of streams that the caller may not know of.
    std::vector<DetectionPtr> list(Query const& query, std::function<bool(std::string const&)> const& may_see) const;
    DetectionPtr find(std::string_view id) const { return records_.find(id); }
    DetectionPtr of_case(std::string_view case_id) const;  ///< null where there is none
    /// Null where nothing was found yet.
    DetectionPtr newest_of(std::string_view stream) const;

    /// How quickly and how rightly somebody works; times are medians.
    struct Figures {
        std::size_t acknowledged = 0, decided = 0, upheld = 0;
        std::chrono::milliseconds to_acknowledge{0}, to_decide{0};
    };
    /// Of the detections that `agent` acknowledged.
    Figures figures_of(base::UserId const& agent) const;

    /// Removes those older than `kept`, the oldest of too many, and pictures beyond `bytes`. Those whose case waits for
    /// a decision stay.
    void sweep(std::chrono::hours kept, std::uint64_t bytes);
    void remove_of(std::string const& stream);

private:
    void remove(Detection const& gone);

    Evidence& evidence_;
    base::Clock const& clock_;
    AlertFilter filter_;
    Records<Detection> records_;
};

}  // namespace soyuz::watch

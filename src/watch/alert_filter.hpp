#pragma once

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "watch/detection.hpp"

namespace soyuz::watch {

/// Says which alerts tell people something new. What says the same again joins the earlier one: the same keyword of the
/// same person, and similar texts of one person, within five minutes; the same words in the sound within a minute; the
/// same things in the picture within half a minute; and whatever comes after three alerts of a kind from one stream in
/// five minutes. Thread-safe.
class AlertFilter {
public:
    static constexpr std::chrono::minutes span{5};
    static constexpr std::chrono::seconds audio_span{60}, object_span{30};
    static constexpr std::size_t most_of_kind = 3;
    static constexpr double similar = 0.8;

    explicit AlertFilter(base::Clock const& clock) : clock_(clock) {}

    /// The id of the detection that the alert joins; none where it is new, and known under `id` from now on.
    std::optional<std::string> joins(Alert const& alert, std::string const& id);
    void forget(std::string const& stream);

private:
    struct Seen {
        base::Moment at;
        std::string id, person, text;
        Finding finding;
        std::vector<std::string> subjects;
    };
    bool says_the_same(Seen const& seen, Alert const& alert, base::Moment now) const;

    base::Clock const& clock_;
    std::mutex mutex_;                                           ///< guards `streams_`
    std::unordered_map<std::string, std::deque<Seen>> streams_;  ///< newest last, within `span`
};

/// How alike two texts are, 0 to 1, whatever their case: one less the edits that it takes from one to the other, as a
/// share of the longer. Texts of which only a part can matter are compared by their beginnings.
double similarity(std::string_view one, std::string_view other);

}  // namespace soyuz::watch

#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "chat/observer.hpp"
#include "live/gifts/gift.hpp"
#include "live/pulse/pulse.hpp"

namespace soyuz::live {

/// What passes in each live room, counted by the minute, and the newest of it: in memory alone. Thread-safe.
class Pulses final : public chat::Observer {
public:
    /// `threshold`: the score from which a message counts as toxic.
    Pulses(base::Clock const& clock, double threshold) : clock_(clock), threshold_(threshold) {}

    double threshold() const { return threshold_.load(); }
    /// For what comes from now on.
    void set_threshold(double threshold) { threshold_ = threshold; }

    struct View {
        std::vector<PulseMinute> minutes;
        std::vector<PulseEntry> entries;  ///< those after the number that was asked for, oldest first
        std::map<std::string, std::uint64_t> categories;
        std::size_t viewers = 0;
        std::uint64_t newest = 0;  ///< the number of the newest entry
    };
    View view(base::RoomId const& room, std::uint64_t after = 0) const;

    void gift_given(Gift const& gift);
    /// So many watch a room now.
    void sample(base::RoomId const& room, std::size_t viewers);
    void clear(base::RoomId const& room);
    void clear_all();

    void message_posted(chat::Room const& room, chat::MessagePtr const& message) override;
    void message_edited(chat::Room const&, chat::MessagePtr const&) override {}
    void message_deleted(chat::Room const& room, chat::MessagePtr const& message) override;
    void reaction_changed(chat::Room const&, chat::MessagePtr const&, std::string const&, chat::User const&,
                          bool) override {}
    void read_moved(chat::Room const&, chat::User const&, base::Seq) override {}
    void moderation_alert(chat::Room const& room, chat::User const& author, std::string const& text,
                          judge::Verdict const& verdict, chat::MessagePtr const& message) override;
    void room_changed(chat::Room const&) override {}
    void room_removed(chat::Room const& room) override;
    void member_joined(chat::Room const&, chat::User const&) override {}
    void member_left(chat::Room const&, base::UserId const&, bool) override {}
    void notice(chat::Room const*, std::string_view, std::string_view) override {}

private:
    static constexpr std::size_t most_rooms = 200;

    /// The caller holds `mutex_`. Makes it, in the place of the one that has been quiet for longest where there are
    /// many.
    Pulse& of(base::RoomId const& room);

    base::Clock const& clock_;
    std::atomic<double> threshold_;
    mutable std::mutex mutex_;  ///< guards `pulses_`
    std::unordered_map<base::RoomId, Pulse> pulses_;
};

}  // namespace soyuz::live

#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "chat/message.hpp"
#include "live/gifts/gift.hpp"

/// What clients of the stream dialect hear: each function gives the JSON text of one frame.
namespace soyuz::dialects::stream {

/// `{type:"chat", id, user, message, toxic, score, ts}`
std::string chat(chat::Message const& message, double threshold);
/// The same to the author alone, with `blocked`: nobody else hears of it.
std::string blocked(std::string_view username, std::string_view text, judge::Verdict const& verdict,
                    base::Timestamp at);
std::string gift(live::Gift const& gift);
/// `{type:"muted", message, muted_until}`; `muted_until` is null where nobody knows when.
std::string muted(base::Error const& error);
/// `{error, detail}`
std::string error(std::string_view code, std::string_view detail);

/// The newest messages and gifts, for moderators. Thread-safe.
class Recent {
public:
    static constexpr std::size_t most = 150;

    void add(chat::Message const& message, double threshold);
    void add(live::Gift const& gift);
    /// `[{ts, user, msg, toxic, score, gift, amount, type}]`, oldest first.
    nlohmann::json list() const;
    void clear();

private:
    struct Entry {
        base::Timestamp at{};
        std::string user, text, type;
        bool is_toxic = false;
        double score = 0;
        std::uint32_t gift = 0, amount = 0;
    };
    void add(Entry entry);

    mutable std::mutex mutex_;  ///< guards `entries_`
    std::deque<Entry> entries_;
};

}  // namespace soyuz::dialects::stream

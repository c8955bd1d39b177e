#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"
#include "outward/letter.hpp"
#include "outward/people.hpp"
#include "outward/settings.hpp"

namespace soyuz::outward {

/// What somebody asks the bot for, once their chat is linked. Called by the bot's thread.
struct BotHooks {
    std::function<std::string(base::UserId const&)> list;  ///< the newest unread notifications
    std::function<std::string(base::UserId const&, std::string const& id)> read;
    std::function<std::string(base::UserId const&, std::string const& id, std::string const& to)> forward;
};

/// Telegram's bot API: sends letters into linked chats, and asks for what people write (long polling, so that no
/// address of ours needs to be reachable). The token stands in no log and no error.
class Telegram final : public Channel {
public:
    /// All are kept.
    Telegram(SettingsKeeper const& settings, People& people, BotHooks hooks);
    ~Telegram() override;

    std::string_view name() const override { return "telegram"; }
    base::Result<void> send(Letter const& letter) override;

    /// Asks once for what people wrote, and answers; how much there was. `wait` in seconds.
    base::Result<std::size_t> take_updates(unsigned wait);
    void start();
    void stop();

private:
    base::Result<nlohmann::json> call(std::string_view method, nlohmann::json const& body, long timeout_s);
    void answer(std::string const& chat, std::string const& text);
    std::string reply_to(std::string const& chat, std::string_view text);
    void run();

    SettingsKeeper const& settings_;
    People& people_;
    BotHooks const hooks_;
    long long next_update_ = 0;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace soyuz::outward

#pragma once

#include <memory>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "outward/mail.hpp"
#include "outward/people.hpp"
#include "outward/queue.hpp"
#include "outward/settings.hpp"
#include "outward/telegram.hpp"
#include "watch/audience.hpp"

namespace soyuz::chat {
class Accounts;
}
namespace soyuz::watch {
class Watch;
}

namespace soyuz::app {

/// Writes to people outside of the pages what they are notified of, on the ways that each has asked for. Thread-safe.
class Notifier final : public watch::Audience {
public:
    /// All are kept.
    Notifier(store::Store& store, chat::Accounts const& accounts, watch::Watch& watch, base::Clock const& clock);

    /// The threads that send, and hear what people write to the bot.
    void start();
    void stop();

    void stream_changed(watch::Stream const&, watch::StreamAction) override {}
    void notified(watch::Notification const& notification) override;
    /// Whom it was forwarded to hears of it.
    void notification_changed(watch::Notification const& notification, watch::NotificationChange change,
                              base::UserId const& by) override;

    /// Sends somebody a trial at once. Errors: those of the channel.
    base::Result<void> test(std::string const& channel, base::UserId const& user);

    outward::SettingsKeeper settings;
    outward::People people;

private:
    void write_to(base::UserId const& user, watch::Notification const& notification);
    std::string mail_address(base::UserId const& user) const;
    outward::BotHooks bot_hooks();

    chat::Accounts const& accounts_;
    watch::Watch& watch_;
    outward::Mail mail_;
    outward::Telegram telegram_;
    outward::Queue queue_;
};

}  // namespace soyuz::app

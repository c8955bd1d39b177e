#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "chat/observer.hpp"
#include "watch/watch.hpp"

namespace soyuz::watch {

/// Looks at chat lines: those of live rooms of this server as they are posted, and those that programs push. An alarm
/// is a keyword, a sentiment below the limit, or a score from the limit on. Thread-safe; takes microseconds.
class ChatWatch final : public chat::Observer {
public:
    /// It is kept.
    explicit ChatWatch(Watch& watch) : watch_(watch) {}

    struct Line {
        std::string stream;
        std::string person;  ///< who wrote it, by name
        std::string text;
        double score = 0;  ///< the engine's
    };
    /// None where nothing was found, or the stream isn't monitored. Doesn't wait for the disk.
    std::optional<Detections::Reported> look_at(Line const& line);

    void message_posted(chat::Room const& room, chat::MessagePtr const& message) override;
    void case_changed(moderation::Case const& the_case, std::optional<moderation::CaseClaim> const&,
                      std::size_t) override {
        watch_.case_changed(the_case);
    }
    void message_edited(chat::Room const& room, chat::MessagePtr const& message) override {
        message_posted(room, message);
    }
    void message_deleted(chat::Room const&, chat::MessagePtr const&) override {}
    void reaction_changed(chat::Room const&, chat::MessagePtr const&, std::string const&, chat::User const&,
                          bool) override {}
    void read_moved(chat::Room const&, chat::User const&, base::Seq) override {}
    void moderation_alert(chat::Room const&, chat::User const&, std::string const&, judge::Verdict const&,
                          chat::MessagePtr const&) override {}
    void room_changed(chat::Room const&) override {}
    void room_removed(chat::Room const&) override {}
    void member_joined(chat::Room const&, chat::User const&) override {}
    void member_left(chat::Room const&, base::UserId const&, bool) override {}
    void notice(chat::Room const*, std::string_view, std::string_view) override {}

private:
    std::optional<Detections::Reported> weigh(Alert alert);

    Watch& watch_;
};

}  // namespace soyuz::watch

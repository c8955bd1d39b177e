#pragma once

#include <utility>
#include <vector>

#include "chat/observer.hpp"

namespace soyuz::chat {

/// Tells several, in their order. Immutable; all are kept.
class Observers final : public Observer {
public:
    explicit Observers(std::vector<Observer*> observers) : observers_(std::move(observers)) {}

    void message_posted(Room const& room, MessagePtr const& message) override {
        each([&](Observer& to) { to.message_posted(room, message); });
    }
    void message_edited(Room const& room, MessagePtr const& message) override {
        each([&](Observer& to) { to.message_edited(room, message); });
    }
    void message_deleted(Room const& room, MessagePtr const& message) override {
        each([&](Observer& to) { to.message_deleted(room, message); });
    }
    void reaction_changed(Room const& room, MessagePtr const& message, std::string const& emoji, User const& user,
                          bool on) override {
        each([&](Observer& to) { to.reaction_changed(room, message, emoji, user, on); });
    }
    void read_moved(Room const& room, User const& user, base::Seq seq) override {
        each([&](Observer& to) { to.read_moved(room, user, seq); });
    }
    void delivered_moved(Room const& room, User const& user, base::Seq seq) override {
        each([&](Observer& to) { to.delivered_moved(room, user, seq); });
    }
    void moderation_alert(Room const& room, User const& author, std::string const& text, judge::Verdict const& verdict,
                          MessagePtr const& message) override {
        each([&](Observer& to) { to.moderation_alert(room, author, text, verdict, message); });
    }
    void case_changed(moderation::Case const& the_case, std::optional<moderation::CaseClaim> const& claim,
                      std::size_t open) override {
        each([&](Observer& to) { to.case_changed(the_case, claim, open); });
    }
    void case_decided(moderation::Case const& the_case, std::string_view action, std::string_view note,
                      MessagePtr const& message) override {
        each([&](Observer& to) { to.case_decided(the_case, action, note, message); });
    }
    void report_decided(moderation::Case const& the_case, moderation::CaseReport const& report, bool upheld) override {
        each([&](Observer& to) { to.report_decided(the_case, report, upheld); });
    }
    void help_offered(base::UserId const& user, Room const* room) override {
        each([&](Observer& to) { to.help_offered(user, room); });
    }
    void room_changed(Room const& room) override {
        each([&](Observer& to) { to.room_changed(room); });
    }
    void room_removed(Room const& room) override {
        each([&](Observer& to) { to.room_removed(room); });
    }
    void member_joined(Room const& room, User const& user) override {
        each([&](Observer& to) { to.member_joined(room, user); });
    }
    void member_left(Room const& room, base::UserId const& user, bool expelled) override {
        each([&](Observer& to) { to.member_left(room, user, expelled); });
    }
    void notice(Room const* room, std::string_view text, std::string_view level) override {
        each([&](Observer& to) { to.notice(room, text, level); });
    }

private:
    void each(auto const& tell) {
        for (auto* const observer : observers_) tell(*observer);
    }

    std::vector<Observer*> const observers_;
};

}  // namespace soyuz::chat

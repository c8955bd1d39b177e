#include "dialects/posting.hpp"

#include <string>
#include <utility>

#include "chat/screening.hpp"
#include "dialects/common_events.hpp"
#include "dialects/messenger_events.hpp"
#include "dialects/monitor/monitor_events.hpp"
#include "moderation/cases/case.hpp"
#include "realtime/room_news.hpp"

namespace soyuz::dialects {

using base::Code;
using base::Result;
using judge::Action;

namespace {

/// Tells one author of one post; called once, from whichever thread it ends on.
struct Outcome {
    realtime::Hub& hub;
    realtime::Handle handle;
    Reply reply;
    AuthorHears hears;
    std::string client_id;
    base::UserId receiver;
    chat::Screening const& screening;
    std::string_view name_space;

    void succeeded(chat::Message const& message, judge::Verdict const& verdict, realtime::Delivery delivery) const {
        if (hears == AuthorHears::message_sent) {
            bool const is_delivered = hub.online().is_connected(receiver);
            auto const mark = screening.bullying(message.verdict);
            answer(messenger_events::message_sent(message, is_delivered, mark), delivery);
        }
        if (reply) answer(events::ack(*reply, &message), delivery);
        // Nobody is warned for being in need: they get words of help instead.
        bool const is_warned =
            verdict.action == Action::warn || (verdict.action == Action::flag && !moderation::is_cry_for_help(verdict));
        if (is_warned) answer(events::moderation_warning(message, verdict), delivery);
    }

    void answer(std::string text, realtime::Delivery delivery) const {
        hub.answer(handle, monitor::in_name_space(std::move(text), name_space), delivery);
    }

    void failed(base::Error const& error, judge::Verdict const& verdict) const {
        auto const at_once = realtime::Delivery::at_once;
        bool const blocked = error.code == Code::message_blocked;
        if (blocked) answer(events::message_blocked(verdict, client_id), at_once);
        if (!blocked || hears != AuthorHears::moderation)
            answer(events::error(error, blocked ? &verdict : nullptr), at_once);
        if (reply) answer(events::ack(*reply, error), at_once);
    }
};

}  // namespace

void post(Session& session, chat::Draft draft, Reply reply, AuthorHears hears, base::UserId receiver) {
    auto& hub = session.hub();
    session.services().news.typing(draft.room->id, session.user->username, false);
    hub.post_begins();
    Outcome outcome{hub,
                    session.handle,
                    reply,
                    hears,
                    draft.client_id,
                    std::move(receiver),
                    session.services().screening,
                    session.name_space()};
    session.services().messages.poster.post(
        session.author(), std::move(draft),
        [outcome = std::move(outcome)](Result<chat::MessagePtr> const& result, judge::Verdict const& verdict,
                                       chat::Settled settled) {
            outcome.hub.post_ends();
            if (!result) return outcome.failed(result.error(), verdict);
            bool const joins_group = settled == chat::Settled::by_commit;
            outcome.succeeded(**result, verdict,
                              joins_group ? realtime::Delivery::with_group : realtime::Delivery::at_once);
        });
}

}  // namespace soyuz::dialects

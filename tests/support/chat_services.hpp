#pragma once

#include <utility>

#include "base/clock.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/accounts/password_hasher.hpp"
#include "chat/change_budget.hpp"
#include "chat/desk/desk.hpp"
#include "chat/desk/kicks.hpp"
#include "chat/messages/messages.hpp"
#include "chat/posts/posts.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "chat/sessions/devices.hpp"
#include "chat/sessions/sessions.hpp"
#include "chat/settings.hpp"
#include "judge/judge.hpp"
#include "moderation/cases/cases.hpp"
#include "moderation/cases/cleared_texts.hpp"
#include "moderation/cases/statistics.hpp"
#include "moderation/conduct/near_repeats.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "moderation/conduct/spam_window.hpp"
#include "moderation/conduct/standing.hpp"
#include "moderation/rules/rule_book.hpp"
#include "store/store.hpp"

namespace soyuz::tests {

/// Everything of chat and moderation, made as `app::ChatServices` makes it, over what outlives it.
struct ChatServices {
    ChatServices(store::Store& store, base::Clock const& clock, judge::Judge const& judge,
                 moderation::Sanctions::Hooks sanction_hooks = {})
        : accounts(store, hasher, clock, {}),
          settings(store),
          sessions(store, accounts, clock, {.jwt_secret = "a secret of at least thirty-two bytes"}),
          devices(store, clock),
          rooms(store, accounts, clock),
          kicks(store, accounts, rooms, clock),
          sanctions(store, clock, std::move(sanction_hooks)),
          window(clock),
          cases(store, clock,
                [this](auto const& changed, auto const& claim, auto open) {
                    screening.case_changed(changed, claim, open);
                }),
          standing(store, clock),
          cleared(store),
          rule_book(store),
          statistics(store, clock),
          screening({judge, accounts, rooms, cases, standing, cleared, rule_book, statistics, near_repeats, sanctions,
                     clock, settings}),
          messages(store, accounts, rooms, settings, cases, screening, window, sanctions, clock),
          posts(store, accounts, rooms, messages, clock),
          changes(clock),
          desk(cases, standing, cleared, screening, messages, rooms, accounts, sanctions, kicks, clock) {}

    // As cheap as libsodium lets it be: nobody here is about hashing.
    chat::PasswordHasher hasher{{.passes = 1, .memory_bytes = 8192}};
    chat::Accounts accounts;
    chat::Settings settings;
    chat::Sessions sessions;
    chat::Devices devices;
    chat::Rooms rooms;
    chat::Kicks kicks;
    moderation::Sanctions sanctions;
    moderation::SpamWindow window;
    moderation::Cases cases;
    moderation::Standing standing;
    moderation::ClearedTexts cleared;
    moderation::RuleBook rule_book;
    moderation::Statistics statistics;
    moderation::NearRepeats near_repeats;
    chat::Screening screening;
    chat::Messages messages;
    chat::Posts posts;
    chat::ChangeBudget changes;
    chat::Desk desk;
};

}  // namespace soyuz::tests

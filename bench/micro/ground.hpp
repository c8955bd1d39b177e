#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/accounts/password_hasher.hpp"
#include "chat/message.hpp"
#include "store/store.hpp"
#include "support/folder.hpp"

/// What several measurements stand on.
namespace soyuz::bench {

/// An account over a real store, and messages of hers.
struct Ground {
    tests::Folder folder{std::filesystem::current_path()};  // that of /tmp may be no disk
    base::SystemClock clock;
    std::unique_ptr<store::Store> store = tests::open_store(folder.path / "data", clock);
    chat::PasswordHasher hasher{{1, 8192}};
    chat::Accounts accounts{*store, hasher, clock, {}};
    chat::UserPtr sara = *accounts.create({"sara", "correct horse battery", "Sara Ahmed", "", chat::Role::owner});

    chat::Message message(base::Seq seq) const {
        chat::Message made;
        made.id = {base::RoomId{"lobby"}, seq};
        made.room_name = "lobby";
        made.sender = sara;
        made.text = "I think **question 3** is about the river, see https://example.org/map @omar";
        made.sent_at = clock.now() - std::chrono::hours{1} + std::chrono::seconds{seq};
        made.mentions = {"omar"};
        if (seq % 5 == 0) made.reactions["👍"] = {sara->id};
        return made;
    }
};

}  // namespace soyuz::bench

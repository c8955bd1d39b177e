#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <variant>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/accounts/password_hasher.hpp"
#include "chat/message.hpp"
#include "store/store.hpp"

/// What several measurements stand on.
namespace soyuz::bench {

/// A folder that goes with it, on the disk of the working folder: that of /tmp may be none.
struct Folder {
    std::filesystem::path path = std::filesystem::current_path() / ("bench-micro-" + base::random_id());
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() {
        std::error_code fault;
        std::filesystem::remove_all(path, fault);
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
};

/// An account over a real store, and messages of hers.
struct Ground {
    Folder folder;
    base::SystemClock clock;
    std::unique_ptr<store::Store> store = open();
    chat::PasswordHasher hasher{{1, 8192}};
    chat::Accounts accounts{*store, hasher, clock, {}};
    chat::UserPtr sara = *accounts.create({"sara", "correct horse battery", "Sara Ahmed", "", chat::Role::owner});

    std::unique_ptr<store::Store> open() const {
        store::Options options;
        options.folder = folder.path / "data";
        return std::move(std::get<0>(store::Store::open(options, clock)));
    }

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

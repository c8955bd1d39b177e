#pragma once

#include <filesystem>
#include <memory>

#include "base/clock.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/accounts/password_hasher.hpp"
#include "chat/sessions/sessions.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "store/store.hpp"

namespace soyuz::app {

/// The accounts of a data folder, opened without a server.
struct Administration {
    explicit Administration(std::filesystem::path const& data);
    /// Writes all to the readable files. Throws Failure when that fails.
    void finish();

    base::SystemClock clock;
    std::unique_ptr<store::Store> store;
    chat::PasswordHasher hasher;
    chat::Accounts accounts;
    chat::Sessions sessions;
    moderation::Sanctions sanctions;
};

}  // namespace soyuz::app

#pragma once

#include <shared_mutex>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"

namespace soyuz::store {
class Store;
}

namespace soyuz::outward {

struct Settings {
    struct Mail {
        std::string server;  ///< smtp://host:port or smtps://host:port; "" for none
        std::string from, username, password;
    } mail;
    struct Telegram {
        std::string base = "https://api.telegram.org";
        std::string token;  ///< "" for none
    } telegram;
};

/// Keeps them: the document `outward_settings`/"settings". Thread-safe.
class SettingsKeeper {
public:
    explicit SettingsKeeper(store::Store& store);

    Settings get() const;
    /// `{mail:{server, from, username, has_password}, telegram:{base, has_token}}`
    nlohmann::json shown() const;
    /// Takes the members that are there; an empty password or token takes it away. Waits for the disk. Errors:
    /// invalid_value.
    base::Result<void> change(nlohmann::json const& members);

private:
    store::Store& store_;
    mutable std::shared_mutex mutex_;  ///< guards `settings_`
    Settings settings_;
};

/// An address that a letter can be sent to: one @, no blanks, no line ends, nothing that a header could be made of.
bool is_mail_address(std::string_view text);
/// Is it this machine?
bool is_loopback_host(std::string_view url);

}  // namespace soyuz::outward

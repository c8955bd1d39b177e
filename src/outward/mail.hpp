#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "outward/letter.hpp"
#include "outward/settings.hpp"

namespace soyuz::outward {

/// E-mail by SMTP. The server must offer TLS, unless it is this machine.
class Mail final : public Channel {
public:
    /// `address_of` gives somebody's address, "" where there is none. All are kept.
    Mail(SettingsKeeper const& settings, base::Clock const& clock,
         std::function<std::string(base::UserId const&)> address_of)
        : settings_(settings), clock_(clock), address_of_(std::move(address_of)) {}

    std::string_view name() const override { return "mail"; }
    base::Result<void> send(Letter const& letter) override;

private:
    SettingsKeeper const& settings_;
    base::Clock const& clock_;
    std::function<std::string(base::UserId const&)> const address_of_;
};

/// The bytes of a message (RFC 5322): what comes from outside can make no header and no part of its own.
std::string mail_text(std::string_view from, std::string_view to, Letter const& letter, base::Timestamp now);

}  // namespace soyuz::outward

#pragma once

#include <memory>

#include "app/config.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/screening.hpp"
#include "chat/sessions/sessions.hpp"
#include "dialects/gateway.hpp"
#include "judge/engine.hpp"
#include "realtime/native_gateway.hpp"
#include "store/store.hpp"
#include "web/site.hpp"

/// What the configuration means to each room of the house.
namespace soyuz::app {

store::Options store_options(Config const& config);
/// Makes the secret in the data folder where the configuration names none.
chat::Sessions::Options session_options(Config const& config);
/// Both are kept by reference; `settings` may be made later: it is asked at each try.
chat::Accounts::Limits account_limits(Config const& config, chat::Settings const& settings);
web::SiteOptions site_options(Config const& config);
realtime::NativeGateway::Options gateway_options(Config const& config);
dialects::Gateway::Options dialect_options(Config const& config);
chat::Screening::Options screening_options(Config const& config);
/// Throws Failure where a list or the model can't be used.
std::unique_ptr<judge::Engine> open_judge(Config const& config);

}  // namespace soyuz::app

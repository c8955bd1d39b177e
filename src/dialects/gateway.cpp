#include "dialects/gateway.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "contract/shapes.hpp"
#include "dialects/recent_events.hpp"
#include "dialects/session.hpp"

namespace soyuz::dialects {

using base::Code;
using base::Error;
using realtime::Dialect;

namespace {

socketio::ConnectRefusal refusal(Error const& error) {
    auto data = contract::error_json(error);
    data["code"] = base::code_name(error.code);
    return {error.message, std::move(data)};
}

/// Whom the client shows to be.
std::optional<chat::Sessions::Identity> identify(socketio::ConnectRequest const& request,
                                                 chat::Sessions const& sessions) {
    if (auto const token = request.auth.find("token"); token != request.auth.end() && !token->is_null()) {
        if (!token->is_string()) return std::nullopt;
        return sessions.find_by_jwt(token->get_ref<std::string const&>());
    }
    if (auto const token = socketio::query_text(request.opening.query, "token")) return sessions.find_by_jwt(*token);
    auto const who = std::static_pointer_cast<chat::Sessions::Identity const>(request.opening.who);
    if (!who) return std::nullopt;
    return *who;
}

std::string text_in(nlohmann::json const& auth, char const* field) {
    auto const at = auth.find(field);
    return at != auth.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

/// None where the client doesn't say: its first events will.
std::optional<Dialect> dialect_of(std::string_view query) {
    auto const named = socketio::query_field(query, "dialect");
    if (named == "messenger") return Dialect::messenger;
    if (named == "channels") return Dialect::channels;
    if (named == "room") return Dialect::room;
    if (named == "monitor") return Dialect::monitor;
    if (!socketio::query_field(query, "username").empty()) return Dialect::messenger;
    return std::nullopt;
}

}  // namespace

Gateway::Gateway(Services services, Options options)
    : services_(std::move(services)), options_(options), left_(services_.clock) {}

socketio::ConnectRule Gateway::rule(std::optional<Dialect> of_name_space, socketio::ConnectRule otherwise) {
    return [this, of_name_space, otherwise = std::move(otherwise)](
               socketio::ConnectRequest request, std::function<void(socketio::ConnectDecision)> const& decided) {
        auto const who = identify(request, services_.sessions);
        if (who) return decided(decide(request, *who, of_name_space));
        if (otherwise) return otherwise(std::move(request), decided);
        decided(refusal({Code::not_signed_in, "Sign in first."}));
    };
}

socketio::ConnectDecision Gateway::decide(socketio::ConnectRequest const& request, chat::Sessions::Identity const& who,
                                          std::optional<Dialect> of_name_space) {
    auto const& query = request.opening.query;
    if (auto const name = socketio::query_text(query, "username")) {
        auto const named = services_.accounts.find_by_name(*name);
        if (!named || named->id != who.user->id)
            return refusal({Code::forbidden, "The user name is not that of the account that signed in."});
    }
    auto place = services_.admit(*who.user);
    if (!place) return refusal(place.error());
    services_.sessions.touch(who.session.id);
    auto session = std::make_unique<Session>(*this, who, request.opening.address,
                                             of_name_space ? of_name_space : dialect_of(query), std::move(*place));
    auto const id = text_in(request.auth, "pid");
    auto const number = services_.events.number_of(text_in(request.auth, "offset"));
    if (number && !id.empty())
        if (auto left = left_.take(id, who.user->id)) session->recover(id, std::move(*left), *number);
    return session;
}

}  // namespace soyuz::dialects

#include "realtime/native_gateway.hpp"

#include <memory>
#include <utility>

#include "realtime/native_session.hpp"

namespace soyuz::realtime {

NativeGateway::NativeGateway(Services services, Options options) : services_(services), options_(std::move(options)) {}

net::WebSocketAccept NativeGateway::accept(chat::Sessions::Identity const& who, std::string address) {
    return {std::make_unique<NativeSession>(*this, who, std::move(address)), net::WebSocketLimits{}, ""};
}

}  // namespace soyuz::realtime

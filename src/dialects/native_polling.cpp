#include "dialects/native_polling.hpp"

#include <utility>

#include "contract/events.hpp"

namespace soyuz::dialects {

namespace {

constexpr std::uint16_t normal_closure = 1000;
constexpr std::uint16_t try_again_later = 1013;

}  // namespace

NativePolling::NativePolling(std::unique_ptr<net::WebSocketHandler> native, Admit admit)
    : native_(std::move(native)), admit_(std::move(admit)) {}

void NativePolling::opened(socketio::EngineSession& session) {
    auto place = admit_();
    if (!place) {
        session.send(net::encode_text(contract::events::error("", place.error())));
        return session.close(try_again_later, "refused");
    }
    place_ = std::move(*place);
    native_->opened(session);
}

bool NativePolling::text(std::string_view message) {
    if (place_) native_->text(message);
    return true;
}

bool NativePolling::binary(std::string_view bytes) {
    if (place_) native_->binary(bytes);
    return true;
}

void NativePolling::closed(std::string_view) {
    if (place_) native_->closed(normal_closure);
    place_ = nullptr;
}

}  // namespace soyuz::dialects

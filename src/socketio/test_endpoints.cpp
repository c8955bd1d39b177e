#include "socketio/test_endpoints.hpp"

#include <chrono>
#include <memory>
#include <utility>

#include "net/loop.hpp"
#include "socketio/engine_session.hpp"

namespace soyuz::socketio {

namespace {

class Echo final : public EngineHandler {
public:
    void opened(EngineSession& session) override { session_ = &session; }
    bool text(std::string_view message) override {
        session_->send(net::encode_text("4" + std::string{message}));
        return true;
    }
    bool binary(std::string_view bytes) override {
        session_->send(net::encode_binary(bytes));
        return true;
    }
    void tick(Moment) override {}
    void closed(std::string_view) override {}

private:
    EngineSession* session_ = nullptr;
};

/// The public suites listen for one packet after the other, and miss one that is read together with the one before it.
constexpr std::chrono::milliseconds apart{5};

class TestSocket final : public SocketHandler {
public:
    explicit TestSocket(nlohmann::json auth) : auth_(std::move(auth)) {}

    void connected(Socket& socket) override {
        socket_ = &socket;
        socket.session().loop().after(apart, [this, is_there = std::weak_ptr{is_there_}] {
            if (!is_there.expired()) socket_->emit("auth", nlohmann::json::array({auth_}));
        });
    }
    void event(Event event) override {
        if (event.name == "message") socket_->emit("message-back", event.arguments, event.attachments);
        if (event.name == "message-with-ack" && event.ack)
            socket_->acknowledge(*event.ack, event.arguments, event.attachments);
    }
    void disconnected(std::string_view) override { is_there_.reset(); }

private:
    nlohmann::json auth_;
    std::shared_ptr<bool> is_there_ = std::make_shared<bool>(true);
    Socket* socket_ = nullptr;
};

}  // namespace

std::unique_ptr<EngineHandler> echo_handler() { return std::make_unique<Echo>(); }

ConnectRule test_rule() {
    return [](ConnectRequest request, std::function<void(ConnectDecision)> const& decide) {
        decide(std::make_unique<TestSocket>(std::move(request.auth)));
    };
}

}  // namespace soyuz::socketio

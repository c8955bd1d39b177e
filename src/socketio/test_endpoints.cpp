#include "socketio/test_endpoints.hpp"

#include <utility>

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

class TestSocket final : public SocketHandler {
public:
    explicit TestSocket(nlohmann::json auth) : auth_(std::move(auth)) {}

    void connected(Socket& socket) override {
        socket_ = &socket;
        socket.emit("auth", nlohmann::json::array({auth_}));
    }
    void event(Event event) override {
        if (event.name == "message") socket_->emit("message-back", event.arguments, event.attachments);
        if (event.name == "message-with-ack" && event.ack)
            socket_->acknowledge(*event.ack, event.arguments, event.attachments);
    }
    void disconnected(std::string_view) override {}

private:
    nlohmann::json auth_;
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

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "net/loop.hpp"
#include "socketio/engine_session.hpp"

namespace soyuz::socketio {

/// The sessions of one loop, and the timer that pings them and finds those that fell silent. Only the loop calls it.
class EngineShard : public std::enable_shared_from_this<EngineShard> {
public:
    /// `forget` is told of each session that is over.
    EngineShard(net::Loop& loop, std::chrono::milliseconds interval, std::function<Moment()> now,
                std::function<void(EngineSession const&)> forget);

    void add(std::shared_ptr<EngineSession> session);
    /// Ends all with this close code.
    void end_all(std::uint16_t code, std::string_view reason);

private:
    void schedule();
    void tick();

    net::Loop& loop_;
    std::chrono::milliseconds const interval_;
    std::function<Moment()> const now_;
    std::function<void(EngineSession const&)> const forget_;
    std::vector<std::shared_ptr<EngineSession>> sessions_;
    bool is_ticking_ = false;
};

}  // namespace soyuz::socketio

#include "socketio/engine_shard.hpp"

#include <utility>

namespace soyuz::socketio {

EngineShard::EngineShard(net::Loop& loop, std::chrono::milliseconds interval, std::function<Moment()> now,
                         std::function<void(EngineSession const&)> forget)
    : loop_(loop), interval_(interval), now_(std::move(now)), forget_(std::move(forget)) {}

void EngineShard::add(std::shared_ptr<EngineSession> session) {
    sessions_.push_back(std::move(session));
    schedule();
}

void EngineShard::end_all(std::uint16_t code, std::string_view reason) {
    for (auto const& session : sessions_) session->close(code, reason);
}

void EngineShard::schedule() {
    if (std::exchange(is_ticking_, true)) return;
    loop_.after(interval_, [weak = weak_from_this()] {
        if (auto const self = weak.lock()) self->tick();
    });
}

void EngineShard::tick() {
    is_ticking_ = false;
    auto const now = now_();
    // Ending one may add or end others: only this function takes any out.
    for (std::size_t i = 0; i < sessions_.size();) {
        auto const session = sessions_[i];
        session->tick(now);
        if (!session->is_over()) {
            ++i;
            continue;
        }
        forget_(*session);
        sessions_[i] = std::move(sessions_.back());
        sessions_.pop_back();
    }
    if (!sessions_.empty()) schedule();
}

}  // namespace soyuz::socketio

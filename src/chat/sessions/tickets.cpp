#include "chat/sessions/tickets.hpp"

#include "base/random.hpp"

namespace soyuz::chat {

namespace {

constexpr std::chrono::seconds ticket_life{30};
constexpr std::size_t max_tickets = 10'000;
constexpr std::size_t max_tickets_of_session = 8;

}  // namespace

std::string Tickets::issue(SessionId const& session) {
    auto const now = clock_.moment();
    auto ticket = base::random_token(24);
    std::lock_guard const lock{mutex_};
    // All live equally long, so the oldest expire first; redeemed ones are gone already.
    while (!by_age_.empty()) {
        auto const oldest = tickets_.find(by_age_.front());
        bool const stays = oldest != tickets_.end() && oldest->second.expires_at > now && by_age_.size() < max_tickets;
        if (stays) break;
        drop(by_age_.front());
        by_age_.pop_front();
    }
    if (auto const present = of_session_.find(session);
        present != of_session_.end() && present->second.size() >= max_tickets_of_session) {
        drop(std::string{present->second.front()});
    }
    tickets_.try_emplace(ticket, Ticket{session, now + ticket_life});
    by_age_.push_back(ticket);
    of_session_[session].push_back(ticket);
    return ticket;
}

std::optional<SessionId> Tickets::redeem(std::string_view ticket) {
    if (ticket.size() > 64) return std::nullopt;
    std::string const name{ticket};
    std::lock_guard const lock{mutex_};
    auto const found = tickets_.find(name);
    if (found == tickets_.end()) return std::nullopt;
    auto const taken = found->second;
    drop(name);
    if (taken.expires_at <= clock_.moment()) return std::nullopt;
    return taken.session;
}

void Tickets::drop(std::string const& name) {
    auto const found = tickets_.find(name);
    if (found == tickets_.end()) return;
    if (auto const present = of_session_.find(found->second.session); present != of_session_.end()) {
        std::erase(present->second, name);
        if (present->second.empty()) of_session_.erase(present);
    }
    tickets_.erase(found);
}

}  // namespace soyuz::chat

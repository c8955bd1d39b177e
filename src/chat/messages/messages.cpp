#include "chat/messages/messages.hpp"

namespace soyuz::chat {

Messages::Messages(store::Store& store, Accounts const& accounts, Rooms& rooms, Settings const& settings,
                   moderation::Cases& cases, Screening& screening, moderation::SpamWindow& window,
                   moderation::Sanctions& sanctions, base::Clock const& clock)
    : context_{.store = store,
               .accounts = accounts,
               .rooms = rooms,
               .settings = settings,
               .cases = cases,
               .screening = screening,
               .clock = clock,
               .limits = {store, rooms, settings, window, sanctions, clock},
               .observer = nullptr,
               .in_flight = {}} {}

Messages::~Messages() {
    context_.workers.stop();
    context_.in_flight.wait();
}

}  // namespace soyuz::chat

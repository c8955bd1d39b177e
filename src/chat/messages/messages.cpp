#include "chat/messages/messages.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "chat/messages/messages_implementation.hpp"
#include "chat/messages/records.hpp"

namespace soyuz::chat {

namespace {

constexpr std::size_t max_recent_posts = 500'000;
/// After a restart client_ids are looked for in this many of the newest messages.
constexpr std::size_t max_scanned = 200'000;
constexpr base::Seq scan_step = 512;

}  // namespace

Messages::Implementation::Implementation(store::Store& where, Accounts const& who, Rooms& places, Settings const& rules,
                                         moderation::Cases& files, Screening& screens, moderation::SpamWindow& windows,
                                         moderation::Sanctions& penalties, base::Clock const& time)
    : store(where),
      accounts(who),
      rooms(places),
      settings(rules),
      cases(files),
      screening(screens),
      window(windows),
      sanctions(penalties),
      clock(time),
      recent(time, max_recent_posts),
      slow_mode(time) {
    remember_posts();
    remember_bans();
}

Messages::Implementation::~Implementation() {
    workers.stop();
    in_flight.wait();
}

void Messages::Implementation::remember_posts() {
    struct Left {
        base::RoomId room;
        base::Seq last;
    };
    std::vector<Left> left;
    store.each_document("rooms", [&](std::string const& id, nlohmann::json const&) {
        base::RoomId const room{id};
        if (auto const last = store.last_seq(room); last > 0) left.push_back({room, last});
    });
    auto const since = clock.now() - RecentPosts::memory;
    std::size_t scanned = 0;
    // A step of each room in turn, so that a busy room doesn't keep the others from being looked at.
    while (!left.empty() && scanned < max_scanned) {
        for (auto& [room, last] : left) {
            auto const first = last > scan_step ? last - scan_step + 1 : 1;
            auto const bodies = store.messages(room, first, last);
            last = first - 1;
            if (!bodies) continue;
            bool is_old = false;
            for (auto const& stored : *bodies) {
                auto const head = head_of(stored.body);
                if (head.sent_at && *head.sent_at <= since) {
                    is_old = true;
                } else if (head.sent_at && !head.client_id.empty()) {
                    recent.remember(base::UserId{std::string{head.sender}}, head.client_id, {room, stored.seq},
                                    *head.sent_at);
                }
            }
            scanned += bodies->size();
            if (is_old) last = 0;
        }
        std::erase_if(left, [](auto const& room) { return room.last == 0; });
    }
}

void Messages::Implementation::remember_bans() {
    for (auto const& line : store.log_tail("spam_log", 2000)) {
        auto const json = nlohmann::json::parse(line, nullptr, false);
        if (!json.is_object()) continue;
        auto const user = json.find("user");
        auto const at = json.find("at");
        if (user == json.end() || !user->is_string() || at == json.end() || !at->is_string()) continue;
        if (auto const when = base::parse_rfc3339(at->get<std::string>()))
            window.remember_ban(base::UserId{user->get<std::string>()}, *when);
    }
}

Messages::Messages(store::Store& store, Accounts const& accounts, Rooms& rooms, Settings const& settings,
                   moderation::Cases& cases, Screening& screening, moderation::SpamWindow& window,
                   moderation::Sanctions& sanctions, base::Clock const& clock)
    : implementation_(std::make_unique<Implementation>(store, accounts, rooms, settings, cases, screening, window,
                                                       sanctions, clock)) {}
Messages::~Messages() = default;

void Messages::observe(Observer& observer) { implementation_->observer = &observer; }

void Messages::post(Author const& author, Draft draft, Done done) {
    implementation_->post(author, std::move(draft), std::move(done));
}

void Messages::notice(base::RoomId const& room, std::string_view text) {
    auto const found = implementation_->rooms.find(room);
    if (found && implementation_->observer != nullptr) implementation_->observer->notice(found.get(), text, "info");
}

}  // namespace soyuz::chat

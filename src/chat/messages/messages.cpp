#include "chat/messages/messages.hpp"

#include <algorithm>
#include <future>

#include "chat/messages/records.hpp"
#include "chat/rooms/rooms.hpp"
#include "store/store.hpp"

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
               .dropped_files = DroppedFiles{clock},
               .observer = nullptr,
               .presence = nullptr,
               .board_changed = nullptr,
               .in_flight = {}} {}

Messages::~Messages() { stop(); }

void Messages::stop() {
    context_.workers.stop();
    context_.in_flight.wait();
}

std::vector<std::string> Messages::forget(User const& gone) {
    constexpr base::Seq step = 512;
    std::vector<std::string> files;
    auto const amendment = [&](Message const& before) -> std::optional<Message> {
        Message after = before;
        bool is_changed = std::erase(after.mentions, gone.username) > 0;
        // Posts and comments go with their author, messages in rooms stay.
        if (before.sender->id == gone.id && before.id.room == context_.rooms.board()->id) {
            for (auto const& attachment : before.attachments) files.push_back(attachment.file);
            return before.deleted ? std::nullopt : std::optional{Editor::emptied(before, false)};
        }
        if (before.sender->id == gone.id && !before.attachments.empty()) {
            for (auto const& attachment : before.attachments) files.push_back(attachment.file);
            after.attachments.clear();
            if (after.text.empty()) after = Editor::emptied(before, false);
            is_changed = true;
        }
        return is_changed ? std::optional{std::move(after)} : std::nullopt;
    };
    auto const mention = '"' + gone.username + '"';
    for (auto const& room : context_.rooms.all()) {
        auto const last = context_.rooms.last_seq(room->id);
        for (base::Seq first = 1; first <= last; first += step) {
            auto const stored = context_.store.messages(room->id, first, std::min(last, first + step - 1));
            if (!stored) break;
            for (auto const& [seq, body] : *stored) {
                bool const has_files = body.find("\"attachments\"") != std::string::npos;
                bool const is_theirs =
                    (has_files || room->kind == Room::Kind::board) && head_of(body).sender == gone.id.value;
                if (!is_theirs && body.find(mention) == std::string::npos) continue;
                std::promise<void> done;
                editor.amend({room->id, seq}, amendment, [&](auto const&, auto const&, auto) { done.set_value(); });
                done.get_future().wait();
            }
        }
    }
    return files;
}

}  // namespace soyuz::chat

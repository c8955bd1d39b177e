#include "base/ids.hpp"

#include <charconv>

#include "base/random.hpp"

namespace soyuz::base {

std::string to_string(MessageId const& id) { return id.room.value + '-' + std::to_string(id.seq); }

std::optional<MessageId> parse_message_id(std::string_view text) {
    auto const dash = text.rfind('-');
    if (dash == std::string_view::npos || dash == 0 || dash + 1 == text.size() || text[dash + 1] == '0')
        return std::nullopt;
    MessageId id;
    auto const digits = text.substr(dash + 1);
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id.seq);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    id.room = RoomId{std::string{text.substr(0, dash)}};
    return id;
}

std::string random_id() {
    static constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    std::string id(12, '\0');
    random_bytes(id.data(), id.size());
    for (char& c : id) c = alphabet[static_cast<unsigned char>(c) & 31U];
    return id;
}

UserId new_user_id() { return UserId{random_id()}; }
RoomId new_room_id() { return RoomId{random_id()}; }

}  // namespace soyuz::base

#include "socketio/socket.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "socketio/packet.hpp"

namespace soyuz::socketio {

void Socket::emit(std::string_view name, nlohmann::json const& arguments, std::vector<std::string> const& attachments) {
    auto all = nlohmann::json::array({name});
    for (auto const& each : arguments) all.push_back(each);
    auto const json = base::to_text(all);
    session_.send(encode_packet({.kind = attachments.empty() ? PacketKind::event : PacketKind::binary_event,
                                 .name_space = name_space_,
                                 .json = json},
                                attachments));
}

void Socket::acknowledge(std::uint64_t ack, nlohmann::json const& arguments,
                         std::vector<std::string> const& attachments) {
    auto const json = base::to_text(arguments);
    session_.send(encode_packet({.kind = attachments.empty() ? PacketKind::ack : PacketKind::binary_ack,
                                 .name_space = name_space_,
                                 .id = ack,
                                 .json = json},
                                attachments));
}

bool Socket::ask(std::string_view name, nlohmann::json const& arguments,
                 std::function<void(nlohmann::json const&)> answered) {
    if (asked_.size() >= max_asked) return false;
    auto all = nlohmann::json::array({name});
    for (auto const& each : arguments) all.push_back(each);
    auto const json = base::to_text(all);
    session_.send(encode_packet({.kind = PacketKind::event, .name_space = name_space_, .id = next_ack_, .json = json}));
    asked_.emplace_back(next_ack_++, std::move(answered));
    return true;
}

void Socket::answered(std::uint64_t ack, nlohmann::json const& arguments) {
    auto const found = std::find_if(asked_.begin(), asked_.end(), [&](auto const& each) { return each.first == ack; });
    if (found == asked_.end()) return;
    auto const answered = std::move(found->second);
    asked_.erase(found);
    answered(arguments);
}

}  // namespace soyuz::socketio

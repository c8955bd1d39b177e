#include "socketio/socket.hpp"

#include <algorithm>

#include "base/json.hpp"

namespace soyuz::socketio {

void Socket::emit(std::string_view name, nlohmann::json const& arguments, std::vector<std::string> const& attachments) {
    send_event(name, arguments, std::nullopt, attachments);
}

void Socket::acknowledge(std::uint64_t ack, nlohmann::json const& arguments,
                         std::vector<std::string> const& attachments) {
    send(attachments.empty() ? PacketKind::ack : PacketKind::binary_ack, ack, arguments, attachments);
}

bool Socket::ask(std::string_view name, nlohmann::json const& arguments,
                 std::function<void(nlohmann::json const&)> answered) {
    if (asked_.size() >= max_asked) return false;
    send_event(name, arguments, next_ack_, {});
    asked_.emplace_back(next_ack_++, std::move(answered));
    return true;
}

void Socket::send_event(std::string_view name, nlohmann::json const& arguments, std::optional<std::uint64_t> ack,
                        std::vector<std::string> const& attachments) {
    auto all = nlohmann::json::array({name});
    for (auto const& each : arguments) all.push_back(each);
    send(attachments.empty() ? PacketKind::event : PacketKind::binary_event, ack, all, attachments);
}

void Socket::send(PacketKind kind, std::optional<std::uint64_t> id, nlohmann::json const& data,
                  std::vector<std::string> const& attachments) {
    auto const json = base::to_text(data);
    session_.send(encode_packet({.kind = kind, .name_space = name_space_, .id = id, .json = json}, attachments));
}

void Socket::answered(std::uint64_t ack, nlohmann::json const& arguments) {
    auto const found = std::find_if(asked_.begin(), asked_.end(), [&](auto const& each) { return each.first == ack; });
    if (found == asked_.end()) return;
    auto const answered = std::move(found->second);
    asked_.erase(found);
    answered(arguments);
}

}  // namespace soyuz::socketio

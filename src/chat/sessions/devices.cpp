#include "chat/sessions/devices.hpp"

#include <algorithm>
#include <mutex>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

namespace {

constexpr char collection[] = "devices";
constexpr std::size_t max_devices = 20'000;
constexpr std::size_t max_users = 10;
constexpr std::size_t longest_token = 64;
/// How exactly `seen_at` is kept: not every sign-in is worth a write.
constexpr std::chrono::hours exactness{24};

void warn_of_failure(base::Result<store::Committed> const& committed) {
    if (!committed) base::log::warn("a device that signed in is remembered only until the server stops");
}

}  // namespace

Devices::Devices(store::Store& store, base::Clock const& clock) : store_(store), clock_(clock) {
    store.each_document(collection, [&](std::string const& digest, nlohmann::json const& value) {
        base::Members const members{value};
        Device device;
        device.seen_at = members.time("seen_at").value_or(base::Timestamp{});
        auto const* const users = members.find("users");
        if (users == nullptr || !users->is_array()) return;
        for (auto const& user : *users)
            if (user.is_string()) device.users.emplace(user.get<std::string>());
        devices_.insert_or_assign(digest, std::move(device));
    });
}

std::string Devices::known(std::string_view token, base::UserId const& user) const {
    if (token.empty() || token.size() > longest_token) return {};
    auto digest = base::token_digest(token);
    std::shared_lock const lock{mutex_};
    auto const found = devices_.find(digest);
    bool const is_known =
        found != devices_.end() && found->second.users.contains(user) && clock_.now() - found->second.seen_at < memory;
    return is_known ? digest : std::string{};
}

std::string Devices::note(std::string_view token, base::UserId const& user) {
    auto const now = clock_.now();
    std::unique_lock const lock{mutex_};
    auto kept = std::string{token.substr(0, longest_token)};
    auto found = kept.empty() ? devices_.end() : devices_.find(base::token_digest(kept));
    if (found == devices_.end()) {
        make_room();
        kept = base::random_token();
        found = devices_.try_emplace(base::token_digest(kept)).first;
    }
    auto& device = found->second;
    bool is_changed = device.users.size() < max_users && device.users.insert(user).second;
    if (now - device.seen_at >= exactness) {
        device.seen_at = now;
        is_changed = true;
    }
    if (is_changed) write(found->first);
    return kept;
}

void Devices::forget(base::UserId const& user) {
    std::unique_lock const lock{mutex_};
    for (auto device = devices_.begin(); device != devices_.end();) {
        auto const present = device++;
        if (present->second.users.erase(user) == 0) continue;
        if (present->second.users.empty())
            erase(present);
        else
            write(present->first);
    }
}

void Devices::write(std::string const& digest) const {
    auto const& device = devices_.at(digest);
    auto users = base::Json::array();
    for (auto const& user : device.users) users.push_back(user.value);
    base::Json const json{{"users", std::move(users)}, {"seen_at", base::to_rfc3339(device.seen_at)}};
    store_.commit({store::Put{collection, digest, base::to_text(json)}}, warn_of_failure);
}

void Devices::erase(Map::iterator device) {
    store_.commit({store::Erase{collection, device->first}}, warn_of_failure);
    devices_.erase(device);
}

void Devices::make_room() {
    if (devices_.size() < max_devices) return;
    auto const oldest = std::min_element(devices_.begin(), devices_.end(), [](auto const& a, auto const& b) {
        return a.second.seen_at < b.second.seen_at;
    });
    erase(oldest);
}

}  // namespace soyuz::chat

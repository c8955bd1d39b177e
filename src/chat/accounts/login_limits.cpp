#include "chat/accounts/login_limits.hpp"

#include <utility>

#include "base/address_key.hpp"

namespace soyuz::chat {

namespace {

constexpr std::chrono::minutes span{1};
constexpr unsigned default_per_address = 10;
constexpr std::size_t per_pair = 10;
// With those that succeed: no person signs in so often, and each costs a hash.
constexpr std::size_t hashes_per_pair = 30;
/// So many failed tries for each that an address has are looked at, in case the password is right.
constexpr std::size_t hashes_for_one_try = 5;

}  // namespace

LoginLimits::LoginLimits(base::Clock const& clock, std::function<unsigned()> per_address)
    : per_address_(std::move(per_address)),
      failures_by_source_(clock, span, 20'000),
      failures_by_pair_(clock, span),
      hashes_by_pair_(clock, span) {}

base::Error LoginLimits::too_many_tries(std::chrono::milliseconds wait) {
    return base::Error{base::Code::rate_limited, "Too many tries. Wait a little, then try again.", wait};
}

base::Result<LoginLimits::Try> LoginLimits::begin(std::string_view address, std::string_view device,
                                                  std::string_view account) {
    std::size_t const per_address = per_address_ ? per_address_() : default_per_address;
    if (address.empty() || per_address == 0) return Try{};
    Try tried;
    tried.source = device.empty() ? base::address_key(address) : "device\n" + std::string{device};
    tried.pair = tried.source + '\n' + std::string{account};
    tried.wait = failures_by_source_.wait(tried.source, per_address);
    if (auto const wait = failures_by_source_.take(tried.source, per_address * hashes_for_one_try))
        return too_many_tries(*wait);
    if (auto const wait = failures_by_pair_.take(tried.pair, per_pair)) return too_many_tries(*wait);
    if (auto const wait = hashes_by_pair_.take(tried.pair, hashes_per_pair)) {
        forgive(tried);
        return too_many_tries(*wait);
    }
    return tried;
}

void LoginLimits::forgive(Try const& tried) {
    if (tried.source.empty()) return;
    failures_by_source_.give_back(tried.source);
    failures_by_pair_.give_back(tried.pair);
}

std::optional<base::Error> LoginLimits::count_change(base::UserId const& user) {
    auto const wait = failures_by_pair_.take("change\n" + user.value, per_pair);
    return wait ? std::optional{too_many_tries(*wait)} : std::nullopt;
}

}  // namespace soyuz::chat

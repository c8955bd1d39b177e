#include "base/address_key.hpp"

#include <string>
#include <tuple>
#include <vector>

#include <catch2/catch.hpp>

using soyuz::base::address_key;

TEST_CASE("addresses are counted whole in IPv4 and by their /64 in IPv6") {
    for (auto const& [left, right, same] : std::vector<std::tuple<std::string, std::string, bool>>{
             {"192.0.2.1", "192.0.2.1", true},
             {"192.0.2.1", "192.0.2.2", false},
             {"192.0.2.1", "::ffff:192.0.2.1", true},
             {"2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true},
             {"2001:db8:0:0::1", "2001:db8:0:1::1", false},
             {"fe80::1%eth0", "fe80::2", true},
             {"::1", "192.0.2.1", false},
         }) {
        INFO(left << " and " << right);
        CHECK((address_key(left) == address_key(right)) == same);
    }
}

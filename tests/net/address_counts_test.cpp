#include "net/address_counts.hpp"

#include <catch2/catch.hpp>

using namespace soyuz::net;

TEST_CASE("an address is admitted up to the limit and again after one has left") {
    AddressCounts counts(2);
    CHECK(counts.admit("2001:db8::1"));
    CHECK(counts.admit("2001:db8::2"));
    CHECK_FALSE(counts.admit("2001:db8::3"));
    CHECK(counts.admit("192.0.2.1"));
    counts.leave("2001:db8::1");
    CHECK(counts.admit("2001:db8::3"));
    counts.leave("2001:db8::2");
    counts.leave("2001:db8::3");
    counts.leave("192.0.2.1");
    CHECK(counts.size() == 0);
    CHECK_FALSE(AddressCounts(0).admit("192.0.2.1"));
}

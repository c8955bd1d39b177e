#include "watch/sentiment.hpp"

#include <cmath>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

using namespace soyuz;
using watch::sentiment_of;

TEST_CASE("a text's sentiment is that of its words, negations and signs") {
    struct Case {
        std::string_view text;
        double least, most;
    };
    // As the JavaScript port of VADER 1.1.3 gives it, a hundredth around.
    for (auto const& [text, least, most] : {
             Case{"this stream sucks, worst teacher ever", -0.78, -0.76},
             Case{"you are stupid and nobody wants you here", -0.54, -0.52},
             Case{"kill yourself", -0.70, -0.68},
             Case{"not bad at all", 0.42, 0.44},
             Case{"VADER is smart, handsome, and funny.", 0.82, 0.84},
             Case{"VADER is VERY SMART, handsome, and FUNNY!!!", 0.93, 0.95},
             Case{"the table is brown", 0, 0},
             Case{"", 0, 0},
             Case{"!!!", 0, 0},
         }) {
        INFO(text);
        auto const value = sentiment_of(text);
        CHECK(value >= least);
        CHECK(value <= most);
    }
}

TEST_CASE("Urdu in both scripts has a sentiment, and puts its negation behind") {
    CHECK(sentiment_of("yeh stream bohat ghatiya aur bakwas hai") < -0.5);
    CHECK(sentiment_of("zabardast class thi, shukriya") > 0.5);
    CHECK(sentiment_of("acha nahi hai") < 0);
    CHECK(sentiment_of("یہ بہت گھٹیا ہے، لعنت ہو۔") < -0.5);
    CHECK(sentiment_of("شاندار سبق، شکریہ") > 0.5);
}

TEST_CASE("a text of any bytes and any length has a sentiment between -1 and 1") {
    std::string bytes;
    for (int i = 0; i < 100'000; ++i) bytes += static_cast<char>(i * 37 % 256);
    CHECK(std::abs(sentiment_of(bytes)) <= 1);
    std::string worst;
    for (int i = 0; i < 2'000; ++i) worst += "HATE ";
    CHECK(sentiment_of(worst) >= -1);
}

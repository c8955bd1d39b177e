#include "outward/mail.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "base/manual_clock.hpp"

using namespace soyuz;
using outward::is_mail_address;
using outward::Letter;
using outward::mail_text;

TEST_CASE("an address is one that no header can be made of") {
    for (auto const* good : {"sara@example.org", "a.b+c@x.pk", "ثنا@example.org"}) {
        INFO(good);
        CHECK(is_mail_address(good));
    }
    for (auto const* bad : {"", "sara", "@example.org", "sara@", "a@b@c", "a b@example.org",
                            "a@example.org\r\nBcc: x@y.z", "<a@example.org>", "a,b@example.org", "\"a\"@example.org"}) {
        INFO(bad);
        CHECK_FALSE(is_mail_address(bad));
    }
}

TEST_CASE("subject and text are encoded, whatever they hold, and make no header and no line of their own") {
    Letter letter;
    letter.id = "abc";
    letter.subject = "Something was found\r\nBcc: everybody@example.org";
    letter.text = std::string(200, 'x') + "\r\n.\r\nQUIT\r\n" + "سبق شروع ہو گیا ہے";
    auto const text = mail_text("soyuz@example.org", "sara@example.org", letter, base::ManualClock::start);
    auto const head = text.substr(0, text.find("\r\n\r\n"));
    CHECK(head.find("Bcc") == std::string::npos);
    CHECK(head.find("Subject: =?UTF-8?B?") != std::string::npos);
    CHECK(head.find("Date: Tue, 14 Nov 2023 22:13:20 +0000") != std::string::npos);
    CHECK(head.find("Message-ID: <abc@example.org>") != std::string::npos);
    CHECK(text.find("QUIT") == std::string::npos);
    std::size_t begin = 0;
    for (auto end = text.find("\r\n"); end != std::string::npos; end = text.find("\r\n", begin)) {
        CHECK(end - begin <= 78);
        begin = end + 2;
    }
    for (std::size_t at = 0; at < text.size(); ++at) {
        INFO(at);
        REQUIRE(static_cast<unsigned char>(text[at]) < 0x80);
        if (text[at] == '\n') REQUIRE(text[at - 1] == '\r');
    }
}

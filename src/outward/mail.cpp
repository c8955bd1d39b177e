#include "outward/mail.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <memory>

#include <curl/curl.h>

namespace soyuz::outward {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr long longest_wait_s = 20;
constexpr std::size_t line_bytes = 57;  // 76 characters of base64

std::string base64(std::string_view bytes) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        auto const count = std::min<std::size_t>(3, bytes.size() - at);
        for (std::size_t i = 0; i < 3; ++i)
            group = group << 8U | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i) text += i <= count ? digits[group >> (18U - 6U * i) & 63U] : '=';
    }
    return text;
}

/// RFC 2047: in encoded words of whole characters, so that nothing of it is read as anything else; a line of them has
/// at most 76 characters, the header's name among them.
std::string encoded(std::string_view text) {
    std::string words;
    while (!text.empty()) {
        auto length = std::min<std::size_t>(text.size(), 39);
        while (length < text.size() && length > 1 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U)
            --length;
        words += (words.empty() ? "" : "\r\n ") + ("=?UTF-8?B?" + base64(text.substr(0, length)) + "?=");
        text.remove_prefix(length);
    }
    return words;
}

std::string date(base::Timestamp now) {
    auto const seconds = std::chrono::system_clock::to_time_t(now);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 64> text{};
    auto const length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S +0000", &parts);
    return {text.data(), length};
}

struct Source {
    std::string_view left;
};

std::size_t read_some(char* into, std::size_t size, std::size_t count, void* from) {
    auto& source = *static_cast<Source*>(from);
    auto const bytes = std::min(size * count, source.left.size());
    std::memcpy(into, source.left.data(), bytes);
    source.left.remove_prefix(bytes);
    return bytes;
}

}  // namespace

std::string mail_text(std::string_view from, std::string_view to, Letter const& letter, base::Timestamp now) {
    std::string text;
    auto const header = [&](std::string_view name, std::string_view value) {
        text.append(name).append(": ").append(value).append("\r\n");
    };
    header("Date", date(now));
    header("From", '<' + std::string{from} + '>');
    header("To", '<' + std::string{to} + '>');
    header("Subject", encoded(letter.subject));
    header("Message-ID", '<' + letter.id + std::string{from.substr(from.find('@'))} + '>');
    header("Auto-Submitted", "auto-generated");
    header("MIME-Version", "1.0");
    header("Content-Type", "text/plain; charset=utf-8");
    header("Content-Transfer-Encoding", "base64");
    text += "\r\n";
    std::string_view body = letter.text;
    while (!body.empty()) {
        auto const length = std::min(body.size(), line_bytes);
        text += base64(body.substr(0, length)) + "\r\n";
        body.remove_prefix(length);
    }
    return text;
}

Result<void> Mail::send(Letter const& letter) {
    auto const settings = settings_.get().mail;
    if (settings.server.empty() || settings.from.empty()) return Error{Code::not_found, "No mail server is set."};
    auto const to = address_of_(letter.user);
    if (!is_mail_address(to)) return Error{Code::not_found, "This person has no e-mail address."};
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> const curl{curl_easy_init(), &curl_easy_cleanup};
    if (!curl) return Error{Code::internal, "Mail can't be sent."};
    auto const text = mail_text(settings.from, to, letter, clock_.now());
    Source source{text};
    std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> const receivers{curl_slist_append(nullptr, to.c_str()),
                                                                                &curl_slist_free_all};
    auto* const handle = curl.get();
    curl_easy_setopt(handle, CURLOPT_URL, settings.server.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_USE_SSL, is_loopback_host(settings.server) ? CURLUSESSL_TRY : CURLUSESSL_ALL);
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, settings.from.c_str());
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, receivers.get());
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, read_some);
    curl_easy_setopt(handle, CURLOPT_READDATA, &source);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, longest_wait_s);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    if (!settings.username.empty()) {
        curl_easy_setopt(handle, CURLOPT_USERNAME, settings.username.c_str());
        curl_easy_setopt(handle, CURLOPT_PASSWORD, settings.password.c_str());
    }
    auto const outcome = curl_easy_perform(handle);
    if (outcome == CURLE_OK) return {};
    // Its sentence names neither the address nor the password.
    return Error{Code::internal, std::string{"The mail server did not take it: "} + curl_easy_strerror(outcome) + '.'};
}

}  // namespace soyuz::outward

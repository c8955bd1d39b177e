#include "web/http/response_headers.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <memory>

#include <zlib.h>

#include "web/http/accept_encoding.hpp"
#include "web/http/host_names.hpp"

namespace soyuz::web {

namespace {

constexpr std::size_t least_worth_compressing = 1024;

/// Deflating state is a quarter of a megabyte: each worker keeps one and reuses it.
class Gzip {
public:
    Gzip() {
        // Level 4 is within 3 % of level 6 on our pages at half the time. 15 + 16: the gzip format.
        ready_ = deflateInit2(&stream_, 4, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    }
    ~Gzip() {
        if (ready_) deflateEnd(&stream_);
    }
    Gzip(Gzip const&) = delete;
    Gzip& operator=(Gzip const&) = delete;

    std::string compress(std::string_view text) {
        std::string out;
        if (!ready_ || deflateReset(&stream_) != Z_OK) return out;
        out.resize(deflateBound(&stream_, text.size()));
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
        stream_.avail_in = static_cast<uInt>(text.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(out.size());
        bool const done = deflate(&stream_, Z_FINISH) == Z_STREAM_END;
        out.resize(done ? out.size() - stream_.avail_out : 0);
        return out;
    }

private:
    z_stream stream_{};
    bool ready_ = false;
};

bool is_text(std::string_view type) {
    return type.starts_with("text/") || type.starts_with("application/json") || type.starts_with("image/svg");
}

/// RFC 9110, 5.6.7; made once a second.
std::string const& http_date() {
    thread_local std::time_t second = 0;
    thread_local std::string text;
    auto const now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    if (now != second) {
        std::tm parts{};
        gmtime_r(&now, &parts);
        char buffer[40];
        text.assign(buffer, std::strftime(buffer, sizeof buffer, "%a, %d %b %Y %H:%M:%S GMT", &parts));
        second = now;
    }
    return text;
}

std::string content_security_policy(Client const& client) {
    // Chromium and Firefox let 'self' cover sockets to the same host; Safari before 15.4 wants them named.
    std::string sockets;
    bool const is_plain = !client.host.empty() && client.host.find_first_of(" ;,'\"") == std::string::npos;
    if (is_plain) sockets = (client.https ? " wss://" : " ws://") + client.host;
    return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'" +
           sockets +
           "; media-src 'self' blob:; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
           "frame-ancestors 'none'; require-trusted-types-for 'script'";
}

bool has(Answer const& answer, std::string_view name) {
    return std::any_of(answer.headers.begin(), answer.headers.end(),
                       [&](auto const& header) { return header.first == name; });
}

/// Whatever got into a value, it can't end its line (RFC 9110, 5.5).
void keep_on_one_line(Answer& answer) {
    for (auto& [name, value] : answer.headers)
        for (char& letter : value)
            if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) letter = ' ';
}

}  // namespace

std::string gzip(std::string_view text) {
    thread_local auto const state = std::make_unique<Gzip>();
    return state->compress(text);
}

void finish_answer(Answer& answer, net::HttpRequest const& request, Client const& client, Origins const& origins) {
    keep_on_one_line(answer);
    answer.with("Date", http_date());
    answer.with("X-Content-Type-Options", "nosniff");
    if (!has(answer, "Cache-Control")) answer.with("Cache-Control", "no-store");
    if (client.https) answer.with("Strict-Transport-Security", "max-age=31536000");
    if (answer.type.starts_with("text/html")) {
        answer.with("Content-Security-Policy", content_security_policy(client));
        answer.with("Referrer-Policy", "same-origin");
        // Browsers ignore it elsewhere, and say so in their consoles.
        if (client.https || is_this_computer(host_in(client.host)))
            answer.with("Cross-Origin-Opener-Policy", "same-origin");
        // Whoever goes live shows what a camera sees, and a chat takes spoken messages; no other page has business with
        // either.
        std::string devices = "camera=(), microphone=()";
        if (request.path().starts_with("/live/"))
            devices = "camera=(self), microphone=(self), display-capture=(self)";
        else if (request.path().starts_with("/chat/"))
            devices = "camera=(), microphone=(self)";
        answer.with("Permissions-Policy", devices + ", geolocation=(), payment=(), usb=()");
        answer.with("X-Frame-Options", "DENY");
    } else if (!has(answer, "Content-Security-Policy")) {
        answer.with("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    }

    if (origins.has_readers()) {
        answer.with("Vary", "Origin");
        auto const origin = request.header("origin");
        if (origins.may_read(origin)) {
            // Never with credentials: another origin's pages use tokens, not the cookie.
            answer.with("Access-Control-Allow-Origin", std::string{origin});
            answer.with("Access-Control-Expose-Headers", "Retry-After");
        }
    }

    if (!is_text(answer.type) || answer.compressed) return;
    answer.with("Vary", "Accept-Encoding");
    if (answer.body.size() < least_worth_compressing) return;
    if (preferred_coding(request, {"gzip"}).empty()) return;
    auto packed = gzip(answer.body);
    if (packed.empty() || packed.size() >= answer.body.size()) return;
    answer.body = std::move(packed);
    answer.with("Content-Encoding", "gzip");
}

}  // namespace soyuz::web

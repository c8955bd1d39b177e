// The framing of HTTP requests (src/net/http_parser): how bytes are cut changes nothing, limits hold, and what was
// understood means the same to a second reader.
#include <algorithm>
#include <string>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "net/http_parser.hpp"
#include "net/http_rules.hpp"
#include "net/websocket_extensions.hpp"
#include "net/websocket_handshake.hpp"

using namespace soyuz;
using fuzz::must;

namespace {

constexpr net::HttpParser::Limits limits{400, 1200, 12};
constexpr std::size_t max_body = 600;

struct Reading {
    std::vector<net::HttpRequest> requests;
    int status = 0;
    bool keeps_alive = true;
};

class Reader {
public:
    explicit Reader(net::HttpParser::Limits given = limits) : parser_(given) {}

    void feed(std::string_view bytes) {
        while (reading.status == 0) {
            switch (parser_.feed(bytes)) {
                case net::HttpParser::Event::need_more:
                    must(bytes.empty(), "a parser that needs more has read everything");
                    return;
                case net::HttpParser::Event::head:
                    reading.keeps_alive = parser_.keeps_alive();
                    parser_.allow_body(max_body);
                    break;
                case net::HttpParser::Event::complete: reading.requests.push_back(parser_.take()); break;
                case net::HttpParser::Event::failed:
                    reading.status = parser_.failure_status();
                    must(reading.status >= 400 && reading.status <= 505, "a failure has an error's status");
                    must(!parser_.failure_reason().empty(), "a failure has a reason");
            }
        }
    }

    Reading reading;

private:
    net::HttpParser parser_;
};

void must_be_equal(Reading const& one, Reading const& other, char const* promise) {
    must(one.status == other.status && one.keeps_alive == other.keeps_alive, promise);
    must(one.requests.size() == other.requests.size(), promise);
    for (std::size_t i = 0; i < one.requests.size(); ++i) {
        auto const& left = one.requests[i];
        auto const& right = other.requests[i];
        must(left.method == right.method && left.target == right.target && left.body == right.body &&
                 left.minor_version == right.minor_version && left.headers == right.headers,
             promise);
    }
}

void check(net::HttpRequest const& request) {
    must(net::is_token(request.method), "a method is a token");
    must(request.target.size() <= limits.request_line_bytes, "a target keeps to its limit");
    must(request.target == "*" || request.target.starts_with('/'), "a target is in origin form, or an asterisk");
    must(std::all_of(request.target.begin(), request.target.end(), [](char c) { return c > ' ' && c < 127; }),
         "a target is visible ASCII");
    must(request.body.size() <= max_body, "a body keeps to its limit");
    must(request.headers.size() <= limits.header_count + 1, "headers keep to their number");
    std::size_t hosts = 0;
    for (auto const& [name, value] : request.headers) {
        must(net::is_token(name) && net::is_field_value(value), "a header is well formed");
        must(value == net::trim_blanks(value), "a value has no blanks around it");
        hosts += net::equal_ignoring_case(name, "host") ? 1U : 0U;
    }
    must(hosts == 1 || (hosts == 0 && request.minor_version == 0), "there is one Host");
    net::check_handshake(request);
    if (auto const extensions = net::negotiate_extensions(request); extensions.compression)
        must(net::is_field_value(net::agreement(*extensions.compression)), "what is accepted is a header");
}

/// The same requests as a proxy would write them for the next reader.
std::string rewritten(std::vector<net::HttpRequest> const& requests) {
    std::string text;
    for (auto const& request : requests) {
        text += request.method + ' ' + request.target + " HTTP/1." + std::to_string(request.minor_version) + "\r\n";
        for (auto const& [name, value] : request.headers) {
            bool const frames =
                net::equal_ignoring_case(name, "Content-Length") || net::equal_ignoring_case(name, "Transfer-Encoding");
            if (!frames) text += name + ": " + value + "\r\n";
        }
        text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" + request.body;
    }
    return text;
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const input = fuzz::text_of(data, size);
    Reader whole;
    whole.feed(input);

    Reader pieces;
    fuzz::Cuts cuts{input};
    for (auto rest = input; !rest.empty() && pieces.reading.status == 0;) {
        auto const piece = rest.substr(0, cuts.next());
        rest.remove_prefix(piece.size());
        pieces.feed(piece);
    }
    must_be_equal(whole.reading, pieces.reading, "how bytes are cut changes nothing");

    for (auto const& request : whole.reading.requests) check(request);

    // With room for the length that takes the place of a coding or a longer spelling.
    Reader second{{limits.request_line_bytes, limits.header_bytes + 100, limits.header_count + 2}};
    second.feed(rewritten(whole.reading.requests));
    must(second.reading.status == 0 && second.reading.requests.size() == whole.reading.requests.size(),
         "a second reader finds the same requests");
    for (std::size_t i = 0; i < second.reading.requests.size(); ++i) {
        must(second.reading.requests[i].body == whole.reading.requests[i].body &&
                 second.reading.requests[i].target == whole.reading.requests[i].target,
             "a second reader finds the same bodies");
    }
    return 0;
}

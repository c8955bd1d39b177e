// What web reads from a request: multipart and URL-encoded bodies, paths, cookies, preferences, forwarded addresses.
// The first line of an input goes into the headers and the target, the rest is the body.
#include <algorithm>
#include <string>
#include <vector>

#include "base/address_key.hpp"
#include "base/text.hpp"
#include "fuzz/fuzz.hpp"
#include "web/files/uploads.hpp"
#include "web/http/accept_encoding.hpp"
#include "web/http/client_address.hpp"
#include "web/http/conditional_requests.hpp"
#include "web/http/cookies.hpp"
#include "web/http/media_type.hpp"
#include "web/http/multipart.hpp"
#include "web/http/origins.hpp"
#include "web/http/router.hpp"

using namespace soyuz;
using fuzz::must;

namespace {

void check_multipart(std::string_view line, std::string_view body) {
    auto boundary = web::multipart_boundary("multipart/form-data; boundary=" + std::string{line});
    must(boundary.size() <= 70, "a boundary is short");
    if (boundary.empty()) boundary = "b";
    web::MultipartReader reader{boundary, body};
    auto const parts = reader.read();
    // A bound on work, so that an input which makes it grow faster than the body is found without a clock.
    must(reader.bytes_looked_at() <= 5 * body.size() + 17 * 80, "work is linear in the body's length");
    if (!parts) return must(parts.error().code == base::Code::bad_request, "what can't be read is refused");
    must(parts->size() <= 16, "there are few parts");
    std::size_t total = 0;
    for (auto const& part : *parts) {
        total += part.content.size();
        must(part.name.size() <= 100, "a name is short");
        must((part.name + part.file_name).find_first_of("\r\n") == part.name.npos, "a name is on one line");
        must(part.is_file || part.file_name.empty(), "only files have names of files");
        web::recognise(part.content);
    }
    must(total <= body.size(), "parts are parts of the body");
}

web::Router make_router() {
    web::Router router;
    for (auto const* const pattern : {"/", "/api/v1/rooms/{name}", "/api/v1/rooms/{name}/files", "/uploads/{name...}",
                                      "/chat/{room}", "/api/v1/rooms/lobby"})
        router.get(pattern, web::Rights::anyone, [](web::SiteContext&, web::Call&) {});
    return router;
}

void check_path(std::string_view path) {
    static auto const router = make_router();
    auto const match = router.match("GET", path);
    must((match.route != nullptr) == (match.kind == web::Router::Match::Kind::found), "a match has a route");
    for (auto const& [name, value] : match.parameters) {
        must(base::is_valid_utf8(value), "what a path says is UTF-8");
        must(value.find('\0') == value.npos && value.find('\\') == value.npos, "a path holds nothing treacherous");
        must(value != "." && value != ".." && !value.starts_with("../") && !value.ends_with("/..") &&
                 value.find("/../") == value.npos && !value.starts_with('/'),
             "a path leads nowhere else");
        if (name == "name" && web::Uploads::is_name(value))
            must(std::count(value.begin(), value.end(), '/') == 1 && value.find("..") > 3, "a name is a name");
    }
}

void check_form(std::string_view text) {
    for (auto const& [name, value] : web::parse_form(text)) {
        must(base::is_valid_utf8(name) && base::is_valid_utf8(value), "a form's fields are UTF-8");
        must(!name.empty(), "a field has a name");
    }
    auto const encoded = web::percent_encode(text);
    must(web::percent_decode(encoded) == std::string{text}, "what was encoded can be decoded");
    must(encoded.find_first_of("\r\n\"<>&;%") == encoded.find('%'), "what was encoded is plain");
}

void check_conditions(net::HttpRequest request, std::string_view line) {
    request.method = "GET";
    for (auto const* const name : {"If-Match", "If-None-Match", "Range"}) request.headers.emplace_back(name, line);
    web::check_conditions(request, "\"tag\"");
    for (std::size_t const size : {0U, 1U, 1000U}) {
        auto const range = web::wanted_range(request, "\"tag\"", size);
        if (range.kind == web::WantedRange::Kind::part)
            must(range.first <= range.last && range.last < size, "a part is a part of the whole");
    }
}

void check_headers(std::string_view line) {
    static web::TrustedProxies const proxies{{"10.0.0.0/8", "::1"}};
    net::HttpRequest request;
    request.peer_address = "10.1.2.3";
    request.headers = {{"Host", "chat.test"},
                       {"X-Forwarded-For", std::string{line}},
                       {"CF-Connecting-IP", std::string{line}},
                       {"X-Forwarded-Proto", std::string{line}},
                       {"X-Forwarded-Host", std::string{line}}};
    auto const client = proxies.client_of(request);
    must(web::parse_address(client.address).has_value(), "a client has an address");
    must(client.host.find_first_of("\r\n <>\"") == client.host.npos, "a host is plain");
    static web::Origins const origins{"https://chat.test", {}};
    origins.is_own(line, client);
    base::address_key(line);
    if (auto const address = web::parse_address(line))
        must(web::parse_address(web::to_text(*address)) == address, "an address can be written and read");
    request.headers.emplace_back("Accept-Encoding", line);
    auto const coding = web::preferred_coding(request, {"br", "gzip"});
    must(coding.empty() || coding == "br" || coding == "gzip", "only what is offered is chosen");
    check_conditions(request, line);
    auto const value = web::cookie_value(line, "soyuz_session");
    must(value.find(';') == value.npos, "a cookie ends at its semicolon");
    web::media_type(line);
    web::type_parameter(line, "charset");
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const input = fuzz::text_of(data, size);
    auto const end = std::min(input.find('\n'), input.size());
    auto const line = input.substr(0, end);
    auto const body = input.substr(std::min(end + 1, input.size()));
    check_multipart(line, body);
    check_path(line);
    check_form(body);
    check_headers(line);
    return 0;
}

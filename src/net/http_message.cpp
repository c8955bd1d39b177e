#include "net/http_message.hpp"

#include "base/text.hpp"
#include "net/http_rules.hpp"

namespace soyuz::net {

namespace {

std::string_view reason_phrase(int status) {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 204: return "No Content";
        case 206: return "Partial Content";
        case 301: return "Moved Permanently";
        case 302: return "Found";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 416: return "Range Not Satisfiable";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 426: return "Upgrade Required";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        case 505: return "HTTP Version Not Supported";
        default: return "Status";
    }
}

/// The code by which programs know a refusal that the wire makes itself.
std::string_view error_code(int status) {
    switch (status) {
        case 401: return "not_signed_in";
        case 403: return "forbidden";
        case 408: return "timed_out";
        case 413:
        case 414:
        case 431: return "too_large";
        case 429: return "rate_limited";
        case 500: return "internal";
        case 503: return "overloaded";
        default: return "bad_request";
    }
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
    for (auto const& [header_name, value] : headers) {
        if (equal_ignoring_case(header_name, name)) return value;
    }
    return {};
}

std::string HttpRequest::joined(std::string_view name) const {
    std::string list;
    for (auto const& [header_name, value] : headers) {
        if (!equal_ignoring_case(header_name, name)) continue;
        if (!list.empty()) list += ", ";
        list += value;
    }
    return list;
}

std::string_view HttpRequest::path() const { return std::string_view(target).substr(0, target.find('?')); }

std::string_view HttpRequest::query() const {
    auto const mark = target.find('?');
    return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

HttpResponse simple_response(int status, std::string_view content_type, std::string_view body,
                             std::vector<std::pair<std::string, std::string>> const& headers, bool close,
                             std::uint64_t rest_bytes) {
    HttpResponse response;
    response.close = close;
    auto& bytes = response.bytes;
    bytes.reserve(160 + body.size());
    bytes.append("HTTP/1.1 ").append(std::to_string(status)).append(" ").append(reason_phrase(status)).append("\r\n");
    if (!content_type.empty()) bytes.append("Content-Type: ").append(content_type).append("\r\n");
    // RFC 9110, 8.6: it doesn't belong on a 1xx or 204, and on a 304 it would speak of the content that isn't sent.
    if (status >= 200 && status != 204 && status != 304)
        bytes.append("Content-Length: ").append(std::to_string(body.size() + rest_bytes)).append("\r\n");
    for (auto const& [name, value] : headers) bytes.append(name).append(": ").append(value).append("\r\n");
    if (close) bytes.append("Connection: close\r\n");
    bytes.append("\r\n").append(body);
    return response;
}

HttpResponse refusal(int status, std::string_view sentence,
                     std::vector<std::pair<std::string, std::string>> const& headers) {
    std::string body = R"({"error":")";
    body.append(error_code(status)).append(R"(","message":)");
    base::append_json_string(body, sentence);
    return simple_response(status, "application/json", body + '}', headers, true);
}

}  // namespace soyuz::net

#include "web/http/over_httplib.hpp"

#include <algorithm>
#include <cstring>

#include <httplib.h>

#include "base/text.hpp"
#include "net/http_rules.hpp"

namespace soyuz::web {

namespace {

constexpr char const* multipart_path = "/multipart";

/// What one request is about while cpp-httplib runs it on this thread.
struct Passage {
    OverHttplib::Handle const& handle;
    bool is_multipart;
    bool was_handled = false;
    bool answers_later = false;
    bool accepts_ranges = false;
};
thread_local Passage* passage = nullptr;

class MemoryStream final : public httplib::Stream {
public:
    MemoryStream(std::string_view head, std::string_view body) : unread_{head, body} {}

    bool is_readable() const override { return true; }
    bool is_writable() const override { return true; }
    ssize_t read(char* to, std::size_t size) override {
        auto& from = unread_[0].empty() ? unread_[1] : unread_[0];
        std::size_t const count = std::min(size, from.size());
        std::memcpy(to, from.data(), count);
        from.remove_prefix(count);
        return static_cast<ssize_t>(count);
    }
    ssize_t write(char const* from, std::size_t size) override {
        written.append(from, size);
        return static_cast<ssize_t>(size);
    }
    void get_remote_ip_and_port(std::string&, int&) const override {}
    void get_local_ip_and_port(std::string&, int&) const override {}
    socket_t socket() const override { return INVALID_SOCKET; }

    std::string written;

private:
    std::string_view unread_[2];
};

void fill(httplib::Response& response, Answer&& answer) {
    response.status = answer.status;
    response.body = std::move(answer.body);
    if (!answer.type.empty()) response.headers.emplace("Content-Type", std::move(answer.type));
    for (auto& [name, value] : answer.headers) passage->accepts_ranges |= name == "Accept-Ranges";
    for (auto& [name, value] : answer.headers) response.headers.emplace(std::move(name), std::move(value));
}

void run_handler(std::vector<Part> parts, httplib::Response& response) {
    passage->was_handled = true;
    if (auto answer = passage->handle(std::move(parts))) {
        fill(response, std::move(*answer));
    } else {
        passage->answers_later = true;
    }
}

/// The boundary of a multipart body (RFC 2046, 5.1.1), or "". Parsed here because cpp-httplib takes all that
/// follows `boundary=` for it.
std::string boundary_of(std::string_view content_type) {
    auto const at = base::lower_ascii(content_type).find("boundary=");
    if (at == std::string::npos) return "";
    auto value = content_type.substr(at + 9);
    if (value.starts_with('"')) {
        value.remove_prefix(1);
        value = value.substr(0, value.find('"'));
    } else {
        value = value.substr(0, value.find(';'));
        while (value.ends_with(' ')) value.remove_suffix(1);
    }
    bool const fits = !value.empty() && value.size() <= 70 && value.find_first_of("\r\n%") == value.npos;
    return fits ? std::string{value} : "";
}

}  // namespace

class OverHttplib::Server final : public httplib::Server {
public:
    Server() {
        set_pre_routing_handler([](httplib::Request const&, httplib::Response& response) {
            if (passage->is_multipart) return HandlerResponse::Unhandled;
            run_handler({}, response);
            return HandlerResponse::Handled;
        });
        auto const with_parts = [](httplib::Request const& request, httplib::Response& response) {
            std::vector<Part> parts;
            for (auto const& [name, part] : request.files)
                parts.push_back({name, part.filename, part.content_type, part.content});
            run_handler(std::move(parts), response);
        };
        Post(multipart_path, with_parts);
        Put(multipart_path, with_parts);
        Patch(multipart_path, with_parts);
        set_post_routing_handler([](httplib::Request const&, httplib::Response& response) {
            // Keep-alive is net's business. RFC 9110, 8.6: no Content-Length with 204, and none that lies with 304.
            response.headers.erase("Keep-Alive");
            if (!passage->accepts_ranges) response.headers.erase("Accept-Ranges");
            if (response.status == 204 || response.status == 304) response.headers.erase("Content-Length");
        });
    }

    void run(MemoryStream& stream, bool close) {
        bool closed = false;
        process_request(stream, close, closed, nullptr);
    }
};

OverHttplib::OverHttplib() : server_(std::make_unique<Server>()) {}
OverHttplib::~OverHttplib() = default;

std::optional<std::string> OverHttplib::process(net::HttpRequest const& request, bool close,
                                                Handle const& handle) const {
    auto const content_type = request.header("content-type");
    bool const takes_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
    std::string const boundary =
        takes_body && media_type(content_type) == "multipart/form-data" ? boundary_of(content_type) : "";
    Passage here{handle, !boundary.empty()};

    // Only what cpp-httplib acts on goes through it; handlers read the request that net parsed. Its limit of 8 KiB for
    // a header is therefore none of ours.
    std::string head = request.method == "HEAD" ? "HEAD" : here.is_multipart ? request.method : "GET";
    head += ' ';
    head += here.is_multipart ? multipart_path : "/";
    head += request.minor_version == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n";
    if (here.is_multipart) {
        head += "Content-Type: multipart/form-data; boundary=" + boundary + "\r\n";
        head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    }
    head += "\r\n";

    MemoryStream stream{head, here.is_multipart ? std::string_view{request.body} : std::string_view{}};
    auto* const outer = passage;
    passage = &here;
    server_->run(stream, close);
    passage = outer;

    if (here.answers_later) return std::nullopt;
    if (here.was_handled) return std::move(stream.written);
    auto const refusal = error_answer({base::Code::bad_request, "The multipart body is malformed."});
    return net::simple_response(refusal.status, refusal.type, refusal.body, refusal.headers, close).bytes;
}

std::string charset_of(std::string_view content_type) {
    for (auto at = content_type.find(';'); at != std::string_view::npos; at = content_type.find(';')) {
        content_type.remove_prefix(at + 1);
        auto const parameter = net::trim_blanks(content_type.substr(0, content_type.find(';')));
        auto const equals = parameter.find('=');
        if (equals == std::string_view::npos || !net::equal_ignoring_case(parameter.substr(0, equals), "charset"))
            continue;
        auto value = parameter.substr(equals + 1);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        return base::lower_ascii(value);
    }
    return "";
}

std::string media_type(std::string_view content_type) {
    auto type = content_type.substr(0, content_type.find(';'));
    while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
    return base::lower_ascii(type);
}

}  // namespace soyuz::web

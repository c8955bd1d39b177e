#include "web/http/multipart.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "net/http_rules.hpp"
#include "web/http/media_type.hpp"
#include "web/http/router.hpp"

namespace soyuz::web {

namespace {

constexpr std::size_t most_parts = 16;
constexpr std::size_t most_header_bytes = 1024;  // of one part
constexpr std::size_t longest_name = 100;
constexpr std::size_t longest_boundary = 70;

base::Error malformed(char const* sentence) { return {base::Code::bad_request, sentence}; }

/// A name as it was before a browser wrote it into the header; on one line whatever it was.
std::string decode_name(std::string_view text) {
    constexpr std::pair<std::string_view, std::string_view> escapes[] = {{"%22", "\""}, {"%0D", ""}, {"%0A", " "}};
    std::string name;
    while (!text.empty()) {
        auto const* const escape = std::find_if(std::begin(escapes), std::end(escapes),
                                                [&](auto const& each) { return text.starts_with(each.first); });
        bool const is_escape = escape != std::end(escapes);
        if (is_escape)
            name += escape->second;
        else if (static_cast<unsigned char>(text[0]) >= 0x20)
            name += text[0];
        text.remove_prefix(is_escape ? escape->first.size() : 1);
    }
    return name;
}

/// charset'language'value (RFC 8187, 3.2); none where it is not understood.
std::optional<std::string> decode_extended(std::string_view text) {
    auto const first = text.find('\'');
    auto const second = first == std::string_view::npos ? first : text.find('\'', first + 1);
    if (second == std::string_view::npos || !net::equal_ignoring_case(text.substr(0, first), "utf-8")) return {};
    auto name = percent_decode(text.substr(second + 1));
    if (!name || !base::is_valid_utf8(*name)) return {};
    std::erase_if(*name, [](unsigned char letter) { return letter < 0x20; });
    return name;
}

}  // namespace

MultipartReader::MultipartReader(std::string_view boundary, std::string_view body)
    : delimiter_("\r\n--" + std::string{boundary}), body_(body) {}

base::Result<std::vector<Part>> MultipartReader::read() {
    std::vector<Part> parts;
    std::string_view preamble;
    auto delimiter = find_delimiter(preamble);
    while (delimiter == Delimiter::next) {
        if (parts.size() == most_parts) return malformed("The form has too many fields.");
        Part part;
        if (!read_headers(part)) return malformed("A part of the multipart body has malformed headers.");
        delimiter = find_delimiter(part.content);
        // What a browser sends for a file input that was left alone.
        if (part.file_name.empty() && part.content.empty()) part.is_file = false;
        parts.push_back(std::move(part));
    }
    if (delimiter == Delimiter::none) return malformed("The multipart body is malformed.");
    return parts;
}

// A delimiter holds one CR, its first byte, so bytes that only begin like one are compared once: the search is linear.
MultipartReader::Delimiter MultipartReader::find_delimiter(std::string_view& before) {
    auto const start = at_;
    // A part may end with its headers, whose last line end is then the delimiter's own (RFC 2046, 5.1.1).
    auto from = start < 2 ? 0 : start - 2;
    auto length = delimiter_.size();
    auto found = body_.starts_with(std::string_view{delimiter_}.substr(2)) && start == 0 ? 0 : std::string_view::npos;
    if (found == 0) length -= 2;
    while (true) {
        if (found == std::string_view::npos) {
            length = delimiter_.size();
            found = body_.find(delimiter_, from);
            looked_at_ += std::min(found, body_.size()) - from + length;
            if (found == std::string_view::npos) return Delimiter::none;
        }
        before = body_.substr(start, found > start ? found - start : 0);
        auto const behind = found + length;
        if (body_.substr(behind, 2) == "--") return Delimiter::last;
        auto const line_end = std::min(body_.find_first_not_of(" \t", behind), body_.size());
        looked_at_ += line_end - behind;
        if (body_.substr(line_end, 2) == "\r\n") {
            at_ = line_end + 2;
            return Delimiter::next;
        }
        // Content that only begins like the delimiter.
        from = behind;
        found = std::string_view::npos;
    }
}

bool MultipartReader::read_headers(Part& part) {
    auto const window = body_.substr(at_, most_header_bytes + 4);
    auto const end = window.find("\r\n\r\n");
    looked_at_ += 2 * std::min(end, window.size());
    if (end == std::string_view::npos) return false;
    at_ += end + 4;
    auto headers = window.substr(0, end);
    while (!headers.empty()) {
        auto line_end = headers.find("\r\n");
        // A line that begins with a blank continues the one before it (RFC 5322, 2.2.3).
        while (line_end < headers.size() - 2 && (headers[line_end + 2] == ' ' || headers[line_end + 2] == '\t'))
            line_end = headers.find("\r\n", line_end + 2);
        auto const line = headers.substr(0, line_end);
        headers.remove_prefix(std::min(line.size() + 2, headers.size()));
        auto const colon = std::min(line.find(':'), line.size());
        if (net::equal_ignoring_case(line.substr(0, colon), "content-disposition"))
            return read_disposition(line.substr(std::min(colon + 1, line.size())), part);
    }
    return false;
}

bool MultipartReader::read_disposition(std::string_view value, Part& part) {
    if (!net::equal_ignoring_case(net::trim_blanks(value.substr(0, value.find(';'))), "form-data")) return false;
    value.remove_prefix(std::min(value.find(';'), value.size()));
    std::optional<std::string> name, plain, extended;
    while (auto const parameter = take_parameter(value)) {
        if (parameter->name == "name" && !name) {
            name = decode_name(parameter->value);
        } else if (parameter->name == "filename" && !plain) {
            plain = decode_name(parameter->value);
        } else if (parameter->name == "filename*") {
            part.is_file = true;
            if (!extended) extended = decode_extended(parameter->value);
        }
    }
    bool const is_whole = value.empty() && name && name->size() <= longest_name;
    if (!is_whole) return false;
    part.is_file = part.is_file || plain.has_value();
    part.name = std::move(*name);
    part.file_name = extended ? std::move(*extended) : std::move(plain).value_or("");
    return true;
}

std::string multipart_boundary(std::string_view content_type) {
    if (media_type(content_type) != "multipart/form-data") return "";
    auto boundary = type_parameter(content_type, "boundary");
    bool const fits = boundary.size() <= longest_boundary && boundary.find_first_of("\r\n") == std::string::npos;
    return fits ? boundary : "";
}

}  // namespace soyuz::web

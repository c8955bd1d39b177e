#include "media/playlist.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace soyuz::media {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::string_view begin = "#EXTM3U";
constexpr std::size_t most_entries = 20'000, largest = std::size_t{4} << 20U;

double number_in(std::string_view text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value >= 0 && value < 86'400 ? value : 0;
}

std::uint64_t whole_in(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// The value of an attribute, without its quotes; "" where it is absent.
std::string_view attribute(std::string_view list, std::string_view name) {
    for (std::size_t at = 0; at < list.size();) {
        auto const equals = list.find('=', at);
        if (equals == std::string_view::npos) break;
        bool const is_quoted = equals + 1 < list.size() && list[equals + 1] == '"';
        auto const first = equals + (is_quoted ? 2 : 1);
        auto const last = std::min(list.find(is_quoted ? '"' : ',', first), list.size());
        if (list.substr(at, equals - at) == name) return list.substr(first, last - first);
        at = std::min(list.find(',', last), list.size() - 1) + 1;
    }
    return {};
}

}  // namespace

bool is_playlist(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    return text.starts_with(begin);
}

Result<Playlist> parse_playlist(std::string_view text) {
    auto const bad = [](char const* why) { return Error{Code::bad_request, why}; };
    if (!is_playlist(text) || text.size() > largest) return bad("This is no playlist.");
    Playlist playlist;
    std::uint64_t number = 0, bandwidth = 0;
    double seconds = 0;
    bool is_variant = false;
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        auto const colon = line.find(':');
        auto const value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
        if (line.starts_with("#EXT-X-KEY:") && attribute(value, "METHOD") != "NONE")
            return bad("The stream is encrypted.");
        if (line.starts_with("#EXT-X-BYTERANGE")) return bad("The playlist asks for parts of files.");
        if (line.starts_with("#EXT-X-MEDIA-SEQUENCE:")) number = whole_in(value);
        if (line.starts_with("#EXT-X-TARGETDURATION:")) playlist.target_seconds = number_in(value);
        if (line.starts_with("#EXT-X-ENDLIST")) playlist.has_ended = true;
        if (line.starts_with("#EXT-X-MAP:")) playlist.init = attribute(value, "URI");
        if (line.starts_with("#EXTINF:")) seconds = number_in(value);
        if (line.starts_with("#EXT-X-STREAM-INF:")) {
            is_variant = true;
            bandwidth = whole_in(attribute(value, "BANDWIDTH"));
        }
        if (line.empty() || line.starts_with('#')) continue;
        if (playlist.segments.size() + playlist.variants.size() >= most_entries)
            return bad("The playlist is too large.");
        if (is_variant)
            playlist.variants.push_back({bandwidth, std::string{line}});
        else
            playlist.segments.push_back({number++, seconds, std::string{line}});
        is_variant = false;
        seconds = 0;
    }
    std::stable_sort(playlist.variants.begin(), playlist.variants.end(),
                     [](auto const& one, auto const& other) { return one.bandwidth < other.bandwidth; });
    return playlist;
}

}  // namespace soyuz::media

#include "store/segment_reader.hpp"

#include <algorithm>

#include "base/json_reader.hpp"
#include "store/seal.hpp"

namespace soyuz::store {
namespace {

constexpr auto none = std::string_view::npos;
constexpr std::uint64_t block = 16U << 10U;
/// A stretch this short is read through rather than searched.
constexpr std::uint64_t short_stretch = 64U << 10U;
constexpr int most_looks = 12;
constexpr std::uint64_t usual_line = 384;

}  // namespace

std::optional<std::pair<Seq, std::string>> parse_message(std::string_view opened) {
    base::JsonReader reader{opened};
    reader.expect(message_head);
    auto const seq = reader.number();
    if (!reader.ok()) return std::nullopt;
    std::string body;
    body.reserve(opened.size());
    body += '{';
    if (reader.skip(",")) body += opened.substr(reader.at());
    body += '}';
    return std::pair{seq, std::move(body)};
}

/// The first intact line that begins behind `at`.
std::optional<SegmentReader::Line> SegmentReader::line_after(std::uint64_t at, std::uint64_t end) {
    look_.clear();
    // A line may be longer than a block, so a second look is twice as large.
    for (auto size = block; size <= 8 * block; size *= 2) {
        auto const have = look_.size();
        auto const want = std::min(size, end - at);
        if (want <= have) break;
        if (auto const got = read_range(files_, file_, at + have, want - have, look_); got < 0) {
            error_ = static_cast<int>(got);
            return std::nullopt;
        }
        auto begin = look_.find('\n');
        while (begin != none && begin + 1 < look_.size()) {
            auto const stop = look_.find('\n', ++begin);
            if (stop == none) break;
            auto const opened = open_line(std::string_view{look_}.substr(begin, stop - begin));
            base::JsonReader reader{opened.value_or("")};
            reader.expect(message_head);
            auto const seq = reader.number();
            if (reader.ok()) return Line{at + begin, seq};
            begin = stop;
        }
    }
    return std::nullopt;
}

/// Beginning of a line at or a little before the one of `first`.
std::optional<std::uint64_t> SegmentReader::begin_of(Seq first) {
    Line low{0, segment_};
    std::uint64_t high = size_;
    auto each = std::max<std::uint64_t>(size_ / places_, 1);
    for (int looks = 0; looks < most_looks && first > low.seq; ++looks) {
        if (high - low.at <= short_stretch) break;
        auto const ahead = (first - low.seq) * each;
        if (ahead <= block) break;
        // Aimed short, so that the line itself is not missed by a little; never into what is known to lie behind it.
        auto const aim = std::min(low.at + ahead - block / 4, low.at + (high - low.at) / 8 * 7);
        auto const line = line_after(aim, high);
        if (!line) return std::nullopt;
        if (line->seq > first) {
            high = line->at;
        } else {
            low = *line;
        }
        if (line->seq > segment_) each = std::max<std::uint64_t>(line->at / (line->seq - segment_), 1);
    }
    return low.at;
}

SegmentReader::Outcome SegmentReader::read(Seq first, Seq last, std::vector<StoredMessage>& messages) {
    auto const begin = begin_of(first);
    if (!begin) return error_ < 0 ? Outcome::failed : Outcome::irregular;
    auto const count = messages.size();
    auto const irregular = [&] {
        messages.resize(count);
        return Outcome::irregular;
    };
    std::string text;
    Seq previous = segment_ - 1;
    auto next = *begin;
    // Enough for a page at once; the rest comes as it is found to be needed.
    auto want = std::max<std::uint64_t>(2 * block, (last - first + 1) * usual_line + block);
    while (next < size_) {
        auto const got = read_range(files_, file_, next, std::min(want, size_ - next), text);
        if (got < 0) {
            error_ = static_cast<int>(got);
            return Outcome::failed;
        }
        if (got == 0) return irregular();
        next += static_cast<std::uint64_t>(got);
        std::size_t at = 0;
        for (auto end = text.find('\n'); end != none; end = text.find('\n', at)) {
            auto const opened = open_line(std::string_view{text}.substr(at, end - at));
            auto message = opened ? parse_message(*opened) : std::nullopt;
            if (!message || message->first <= previous) return irregular();
            previous = message->first;
            if (previous > last) return Outcome::complete;
            if (previous >= first) messages.push_back({previous, std::move(message->second)});
            if (previous == last) return Outcome::complete;
            at = end + 1;
        }
        text.erase(0, at);
        want = 4 * block;
    }
    return text.empty() ? Outcome::complete : irregular();
}

}  // namespace soyuz::store

#include "watch/alert_filter.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "base/text.hpp"

namespace soyuz::watch {

namespace {

constexpr std::size_t compared = 200;  // bytes
constexpr std::size_t kept_alerts = 64;

bool shares_one(std::vector<std::string> const& one, std::vector<std::string> const& other) {
    return std::any_of(one.begin(), one.end(), [&](std::string const& each) {
        return std::find(other.begin(), other.end(), each) != other.end();
    });
}

/// Nothing in `wanted` that isn't in `seen`.
bool is_within(std::vector<std::string> const& wanted, std::vector<std::string> const& seen) {
    return std::all_of(wanted.begin(), wanted.end(), [&](std::string const& each) {
        return std::find(seen.begin(), seen.end(), each) != seen.end();
    });
}

std::string comparable(std::string_view text) {
    auto key = base::is_valid_utf8(text) ? base::search_key(text) : std::string{text};
    if (key.size() > compared) key.resize(compared);
    return key;
}

}  // namespace

double similarity(std::string_view one, std::string_view other) {
    auto const a = comparable(one), b = comparable(other);
    auto const longer = std::max(a.size(), b.size());
    if (longer == 0) return 1;
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            auto const above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            diagonal = above;
        }
    }
    return 1 - static_cast<double>(row.back()) / static_cast<double>(longer);
}

bool AlertFilter::says_the_same(Seen const& seen, Alert const& alert, base::Moment now) const {
    bool const is_in_chat = alert.finding == Finding::keyword || alert.finding == Finding::sentiment;
    bool const was_in_chat = seen.finding == Finding::keyword || seen.finding == Finding::sentiment;
    if (is_in_chat && was_in_chat && !alert.person.empty() && seen.person == alert.person) {
        if (seen.finding == alert.finding && is_within(alert.subjects, seen.subjects) && !alert.subjects.empty())
            return true;
        return similarity(seen.text, alert.text) >= similar;
    }
    if (seen.finding != alert.finding) return false;
    if (alert.finding == Finding::audio) return now - seen.at < audio_span && shares_one(alert.subjects, seen.subjects);
    if (alert.finding == Finding::object)
        return now - seen.at < object_span && is_within(alert.subjects, seen.subjects);
    return false;
}

std::optional<std::string> AlertFilter::joins(Alert const& alert, std::string const& id) {
    auto const now = clock_.moment();
    std::lock_guard const lock{mutex_};
    auto& seen = streams_[alert.stream];
    while (!seen.empty() && now - seen.front().at >= span) seen.pop_front();
    Seen const* latest = nullptr;
    std::size_t of_kind = 0;
    for (auto each = seen.rbegin(); each != seen.rend(); ++each) {
        if (says_the_same(*each, alert, now)) return each->id;
        if (each->finding != alert.finding) continue;
        if (latest == nullptr) latest = &*each;
        ++of_kind;
    }
    if (of_kind >= most_of_kind) return latest->id;
    seen.push_back({now, id, alert.person, alert.text, alert.finding, alert.subjects});
    if (seen.size() > kept_alerts) seen.pop_front();
    return std::nullopt;
}

void AlertFilter::forget(std::string const& stream) {
    std::lock_guard const lock{mutex_};
    streams_.erase(stream);
}

}  // namespace soyuz::watch

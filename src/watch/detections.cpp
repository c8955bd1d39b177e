#include "watch/detections.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace soyuz::watch {

using base::Code;
using base::Error;
using base::Result;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kept_times = 50;
constexpr double grave_score = 0.9, grave_sentiment = -0.8;

judge::Severity severity_of(Alert const& alert) {
    bool const is_in_chat = alert.finding == Finding::keyword || alert.finding == Finding::sentiment;
    // How sure a detector is says nothing of how grave it is.
    if (is_in_chat && (alert.score >= grave_score || alert.sentiment <= grave_sentiment)) return judge::Severity::high;
    return alert.finding == Finding::sentiment ? judge::Severity::low : judge::Severity::medium;
}

milliseconds median(std::vector<milliseconds> times) {
    if (times.empty()) return milliseconds{0};
    auto const middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    return *middle;
}

void sort_newest_first(std::vector<DetectionPtr>& list) {
    std::sort(list.begin(), list.end(), [](auto const& one, auto const& other) {
        return std::pair{one->last_at, one->id} > std::pair{other->last_at, other->id};
    });
}

}  // namespace

Detections::Reported Detections::report(Alert alert, std::function<std::string(Detection const&)> const& open_case) {
    std::sort(alert.subjects.begin(), alert.subjects.end());
    auto const now = clock_.now();
    auto const id = base::random_id();
    auto const earlier = filter_.joins(alert, id);
    if (earlier) {
        auto [joined, written] = records_.edit(*earlier, [&](Detection& detection) -> Result<void> {
            ++detection.count;
            detection.last_at = now;
            detection.times.push_back(now);
            if (detection.times.size() > kept_times) detection.times.erase(detection.times.begin());
            detection.severity = std::max(detection.severity, severity_of(alert));
            return {};
        });
        if (joined) return {*joined, false, std::move(written)};
    }
    Detection made;
    made.id = id;
    made.severity = severity_of(alert);
    made.at = made.last_at = now;
    made.times = {now};
    made.has_picture = !alert.picture.empty() && evidence_.keep(alert.stream, id, alert.picture);
    alert.picture.clear();
    made.alert = std::move(alert);
    made.case_id = made.alert.case_id.empty() ? open_case(made) : made.alert.case_id;
    auto [kept, written] = records_.put(std::move(made));
    return {std::move(kept), true, std::move(written)};
}

DetectionPtr Detections::of_case(std::string_view case_id) const {
    auto const found = records_.select([&](Detection const& each) { return each.case_id == case_id; });
    return case_id.empty() || found.empty() ? nullptr : found.front();
}

Result<DetectionPtr> Detections::acknowledge(std::string_view id, base::UserId const& by) {
    auto changed = records_.edit_and_wait(id, [&](Detection& detection) -> Result<void> {
        if (detection.acknowledged_at) return {};
        detection.acknowledged_by = by;
        detection.acknowledged_at = clock_.now();
        return {};
    });
    if (!changed && changed.error().code == Code::not_found)
        return Error{Code::not_found, "There is no such detection."};
    return changed;
}

Result<DetectionPtr> Detections::attach_picture(std::string_view id, std::string_view jpeg) {
    auto const found = find(id);
    if (!found) return Error{Code::not_found, "There is no such detection."};
    if (!evidence_.keep(found->alert.stream, found->id, jpeg))
        return base::invalid_field("picture", "This must be a JPEG of up to 2 MB.");
    return records_.edit_and_wait(id, [](Detection& detection) -> Result<void> {
        detection.has_picture = true;
        return {};
    });
}

DetectionPtr Detections::decided(std::string_view id, base::UserId const& by, bool upheld) {
    auto const changed = records_
                             .edit(id,
                                   [&](Detection& detection) -> Result<void> {
                                       detection.decided_by = by;
                                       detection.decided_at.reset();
                                       if (!by.empty()) detection.decided_at = clock_.now();
                                       detection.was_upheld = !by.empty() && upheld;
                                       return {};
                                   })
                             .first;
    return changed ? *changed : nullptr;
}

std::vector<DetectionPtr> Detections::list(Query const& query,
                                           std::function<bool(std::string const&)> const& may_see) const {
    auto found = records_.select([&](Detection const& each) {
        return (query.stream.empty() || each.alert.stream == query.stream) &&
               (!query.finding || each.alert.finding == *query.finding) &&
               (!query.before || each.last_at < *query.before) && (!query.open || !each.acknowledged_at);
    });
    std::erase_if(found, [&](DetectionPtr const& each) { return !may_see(each->alert.stream); });
    sort_newest_first(found);
    if (found.size() > query.limit) found.resize(query.limit);
    return found;
}

DetectionPtr Detections::newest_of(std::string_view stream) const {
    DetectionPtr newest;
    for (auto const& each : records_.select([&](Detection const& one) { return one.alert.stream == stream; }))
        if (!newest || each->last_at > newest->last_at) newest = each;
    return newest;
}

Detections::Figures Detections::figures_of(base::UserId const& agent) const {
    Figures figures;
    std::vector<milliseconds> to_acknowledge, to_decide;
    for (auto const& each : records_.select([&](Detection const& one) { return one.acknowledged_by == agent; })) {
        ++figures.acknowledged;
        to_acknowledge.push_back(*each->acknowledged_at - each->at);
        if (!each->decided_at) continue;
        ++figures.decided;
        figures.upheld += each->was_upheld ? 1 : 0;
        to_decide.push_back(*each->decided_at - each->at);
    }
    figures.to_acknowledge = median(std::move(to_acknowledge));
    figures.to_decide = median(std::move(to_decide));
    return figures;
}

void Detections::remove(Detection const& gone) {
    if (gone.has_picture) evidence_.remove(gone.alert.stream, gone.id);
    records_.take(gone.id);
}

void Detections::sweep(std::chrono::hours kept, std::uint64_t bytes) {
    auto all = records_.select([](Detection const& each) { return each.case_id.empty() || each.decided_at; });
    sort_newest_first(all);
    auto const oldest = clock_.now() - kept;
    std::uint64_t used = 0;
    for (std::size_t at = 0; at < all.size(); ++at) {
        auto const& each = *all[at];
        if (each.has_picture) used += evidence_.bytes(each.alert.stream, each.id);
        if (each.last_at < oldest || at >= most || used > bytes) remove(each);
    }
}

void Detections::remove_of(std::string const& stream) {
    for (auto const& each : records_.select([&](Detection const& one) { return one.alert.stream == stream; }))
        remove(*each);
    filter_.forget(stream);
    evidence_.remove_all(stream);
}

}  // namespace soyuz::watch

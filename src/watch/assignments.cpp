#include "watch/assignments.hpp"

#include <algorithm>
#include <tuple>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "base/visible_text.hpp"
#include "chat/accounts/accounts.hpp"

namespace soyuz::watch {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::size_t longest_notes = 2000;

Result<std::string> notes_of(std::string const& text) {
    if (base::is_valid_utf8(text) && base::count_code_points(text) <= longest_notes) return base::tidy_paste(text);
    return base::invalid_field("notes", "This must be up to 2000 characters.");
}

}  // namespace

bool Assignments::is_agent(base::UserId const& user) const {
    auto const found = accounts_.find(user);
    return found && !found->deleted && found->role == chat::Role::agent;
}

Result<Assignments::Assigned> Assignments::assign(base::UserId const& by, Draft const& draft) {
    if (!is_agent(draft.agent)) return base::invalid_field("agent_id", "This must be somebody whose role is agent.");
    auto notes = notes_of(draft.notes);
    if (!notes) return notes.error();
    for (auto const& each : list(draft.stream, draft.agent, false)) return Assigned{each, false};
    Assignment made{base::random_id(), draft.stream,   draft.agent,  by,
                    std::move(*notes), draft.priority, clock_.now(), std::nullopt};
    auto kept = records_.put_and_wait(std::move(made));
    if (!kept) return kept.error();
    return Assigned{*kept, true};
}

Result<AssignmentPtr> Assignments::change(std::string_view id, std::optional<std::string> const& notes,
                                          std::optional<Priority> priority) {
    return records_.edit_and_wait(id, [&](Assignment& assignment) -> Result<void> {
        if (!assignment.is_active()) return Error{Code::conflict, "This assignment has ended."};
        if (priority) assignment.priority = *priority;
        if (!notes) return {};
        auto tidied = notes_of(*notes);
        if (!tidied) return tidied.error();
        assignment.notes = std::move(*tidied);
        return {};
    });
}

Result<AssignmentPtr> Assignments::end(std::string_view id) {
    return records_.edit_and_wait(id, [&](Assignment& assignment) -> Result<void> {
        if (!assignment.is_active()) return Error{Code::conflict, "This assignment has ended."};
        assignment.ended_at = clock_.now();
        return {};
    });
}

std::vector<AssignmentPtr> Assignments::end_all_of(std::string_view stream) {
    std::vector<AssignmentPtr> ended;
    for (auto const& each : list(stream, {}, false)) {
        auto const changed = records_
                                 .edit(each->id,
                                       [&](Assignment& assignment) -> Result<void> {
                                           assignment.ended_at = clock_.now();
                                           return {};
                                       })
                                 .first;
        if (changed) ended.push_back(*changed);
    }
    return ended;
}

std::vector<chat::UserPtr> Assignments::agents() const {
    auto all = accounts_.all();
    std::erase_if(all, [](auto const& user) { return user->deleted || user->role != chat::Role::agent; });
    std::sort(all.begin(), all.end(),
              [](auto const& one, auto const& other) { return one->username < other->username; });
    return all;
}

chat::UserPtr Assignments::least_loaded(chat::Presence const& presence) const {
    auto const all = agents();
    auto const load = [&](chat::UserPtr const& agent) {
        return std::tuple{presence.is_online(agent->id) ? 0 : 1, list({}, agent->id, false).size(), agent->username};
    };
    auto const least = std::min_element(all.begin(), all.end(),
                                        [&](auto const& one, auto const& other) { return load(one) < load(other); });
    return least == all.end() ? nullptr : *least;
}

std::vector<AssignmentPtr> Assignments::list(std::string_view stream, base::UserId const& agent,
                                             bool with_ended) const {
    auto found = records_.select([&](Assignment const& each) {
        return (stream.empty() || each.stream == stream) && (agent.empty() || each.agent == agent) &&
               (with_ended || each.is_active());
    });
    // Of those who are no agents any more the history stays.
    if (!with_ended) std::erase_if(found, [this](AssignmentPtr const& each) { return !is_agent(each->agent); });
    std::stable_sort(found.begin(), found.end(),
                     [](auto const& one, auto const& other) { return one->created_at > other->created_at; });
    return found;
}

bool Assignments::is_assigned(base::UserId const& agent, std::string_view stream) const {
    return !list(stream, agent, false).empty();
}

std::set<base::UserId> Assignments::agents_of(std::string_view stream) const {
    std::set<base::UserId> found;
    for (auto const& each : list(stream, {}, false)) found.insert(each->agent);
    return found;
}

std::set<std::string> Assignments::streams_of(base::UserId const& agent) const {
    std::set<std::string> found;
    for (auto const& each : list({}, agent, false)) found.insert(each->stream);
    return found;
}

}  // namespace soyuz::watch

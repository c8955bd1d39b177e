#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "contract/watch_shapes.hpp"
#include "watch/watch.hpp"
#include "web/api/watch.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

namespace {

bool is_staff(Call const& call) { return call.user().role >= chat::Role::moderator; }

chat::UserPtr agent_of(SiteContext const& site, Call const& call) {
    auto const id = account_named(site, "id", call.parameter("id"));
    auto agent = site.accounts.find(id);
    if (agent->role != chat::Role::agent) throw Refused{{Code::not_found, "There is no such agent."}};
    return agent;
}

/// Staff see all agents, and an agent themselves.
void list(SiteContext& site, Call& call) {
    auto agents = Json::array();
    for (auto const& agent : site.watch.assignments.agents())
        if (is_staff(call) || agent->id == call.user().id) agents.push_back(contract::agent_json(*agent, site.watch));
    call.answer(Json{{"agents", std::move(agents)}});
}

void add(SiteContext& site, Call& call) {
    chat::Accounts::NewAccount account;
    read_body(call, [&](JsonFields& fields) {
        account.username = fields.text("username", 200);
        account.password = fields.text("password", 1024);
        account.email = fields.text_or_empty("email", 320);
        account.display_name = fields.text_or_empty("display_name", 200);
    });
    account.role = chat::Role::agent;
    auto const made = or_refuse(site.accounts.create(std::move(account)));
    audit(site, call, "agent_added", {{"user", made->username}});
    call.answer(contract::agent_json(*made, site.watch), 201);
}

/// Takes the role away: the account stays.
void remove(SiteContext& site, Call& call) {
    auto const agent = agent_of(site, call);
    for (auto const& each : site.watch.assignments.list({}, agent->id, false))
        or_refuse(site.watch.unassign(call.user(), each->id));
    or_refuse(site.accounts.change_role(call.user(), agent->id, chat::Role::member));
    audit(site, call, "agent_removed", {{"user", agent->username}});
    call.answer(no_content());
}

void list_assignments(SiteContext& site, Call& call) {
    auto const stream = call.query("stream").value_or("");
    auto const name = call.query("agent").value_or("");
    auto agent = is_staff(call) ? base::UserId{} : call.user().id;
    if (is_staff(call) && !name.empty()) agent = account_named(site, "agent", name);
    bool const with_ended = call.query("ended").value_or("") == "1";
    auto list = Json::array();
    for (auto const& each : site.watch.assignments.list(stream, agent, with_ended))
        list.push_back(contract::assignment_json(*each, site.accounts));
    call.answer(Json{{"assignments", std::move(list)}});
}

void assign(SiteContext& site, Call& call) {
    watch::Assignments::Draft draft;
    std::string agent;
    read_body(call, [&](JsonFields& fields) {
        draft.stream = fields.text("stream_id", 200);
        agent = fields.text("agent", 200);
        draft.notes = fields.text_or_empty("notes", 10'000);
        if (auto const text = fields.optional_text("priority", 20)) {
            auto const priority = watch::parse_priority(*text);
            if (!priority) fields.wrong("priority", "This must be low, normal, high or urgent.");
            draft.priority = priority.value_or(draft.priority);
        }
    });
    draft.agent = account_named(site, "agent", agent);
    auto const assigned = or_refuse(site.watch.assign(call.user(), draft));
    audit(site, call, "stream_assigned", {{"stream", draft.stream}, {"agent", draft.agent.value}});
    call.answer(contract::assignment_json(*assigned.assignment, site.accounts), assigned.is_new ? 201 : 200);
}

void change_assignment(SiteContext& site, Call& call) {
    std::optional<std::string> notes;
    std::optional<watch::Priority> priority;
    read_body(call, [&](JsonFields& fields) {
        notes = fields.optional_text("notes", 10'000);
        if (auto const text = fields.optional_text("priority", 20)) {
            priority = watch::parse_priority(*text);
            if (!priority) fields.wrong("priority", "This must be low, normal, high or urgent.");
        }
    });
    auto const changed = or_refuse(site.watch.change_assignment(call.user(), call.parameter("id"), notes, priority));
    call.answer(contract::assignment_json(*changed, site.accounts));
}

void unassign(SiteContext& site, Call& call) {
    auto const ended = or_refuse(site.watch.unassign(call.user(), call.parameter("id")));
    audit(site, call, "stream_unassigned", {{"stream", ended->stream}, {"agent", ended->agent.value}});
    call.answer(contract::assignment_json(*ended, site.accounts));
}

}  // namespace

void add_watch_agent_routes(Router& router) {
    router.get("/api/v1/agents", Rights::agent, list)
        .about("Agents with their streams and figures: all for staff, oneself for agents")
        .answers("Agents");
    router.post("/api/v1/agents", Rights::admin, add)
        .costs(Cost::hashing)
        .about("Makes an account with the role of an agent")
        .body("NewUser")
        .answers("Agent", 201);
    router.remove("/api/v1/agents/{id}", Rights::admin, remove)
        .about("Takes the role of an agent away, and their streams; the account stays")
        .answers("", 204);
    router.get("/api/v1/assignments", Rights::agent, list_assignments)
        .reads({"stream", "agent", "ended"})
        .about("Who looks after which stream: all for staff, theirs for agents")
        .answers("Assignments");
    router.post("/api/v1/assignments", Rights::moderator, assign)
        .about("Has an agent look after a stream")
        .body("NewAssignment")
        .answers("Assignment", 201);
    router.patch("/api/v1/assignments/{id}", Rights::moderator, change_assignment)
        .about("Changes the notes or the priority of an assignment")
        .body("AssignmentChange")
        .answers("Assignment");
    router.remove("/api/v1/assignments/{id}", Rights::moderator, unassign)
        .about("Ends an assignment; it stays as history")
        .answers("Assignment");
}

}  // namespace soyuz::web

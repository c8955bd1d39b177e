#include <optional>

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "dialects/monitor/monitor_shapes.hpp"
#include "dialects/rest/family.hpp"
#include "dialects/rest/routes.hpp"
#include "watch/watch.hpp"
#include "web/api/watch.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::dialects {

namespace {

using Json = nlohmann::json;
using base::Code;
using web::Call;
using web::Cost;
using web::CsrfRule;
using web::or_refuse;
using web::Refused;
using web::Rights;
using web::SiteContext;

bool is_staff(Call const& call) { return call.user().role >= chat::Role::moderator; }

Json signed_in(SiteContext& site, Call const& call, chat::UserPtr const& user) {
    auto const opened = web::open_session(site, call, user, chat::Session::Kind::token);
    return {{"token", opened.token},
            {"access_token", opened.token},
            {"user",
             {{"id", user->id.value},
              {"username", user->username},
              {"email", user->email},
              {"role", chat::name(user->role)}}}};
}

void log_in(SiteContext& site, Call& call) {
    std::string username, password;
    web::read_body(call, [&](web::JsonFields& fields) {
        for (auto const* field : {"username", "email"})
            if (username.empty()) username = fields.text_or_empty(field, 320);
        if (username.empty()) fields.wrong("username", "This is missing.");
        password = fields.text("password", 1024);
    });
    call.answer(signed_in(site, call, web::sign_in(site, call, username, password)));
}

void verify_token(SiteContext& site, Call& call) {
    auto json = signed_in(site, call, call.user_pointer());
    json["valid"] = true;
    call.answer(json);
}

chat::UserPtr agent_of(SiteContext const& site, Call const& call) {
    auto agent = site.accounts.find(base::UserId{call.parameter("id")});
    if (!agent || agent->deleted || agent->role != chat::Role::agent)
        throw Refused{{Code::not_found, "There is no such agent."}};
    return agent;
}

void list(SiteContext& site, Call& call) {
    auto agents = Json::array();
    for (auto const& agent : site.watch.assignments.agents())
        if (is_staff(call) || agent->id == call.user().id) agents.push_back(monitor::agent_json(*agent, site.watch));
    call.answer(agents);
}

void add(SiteContext& site, Call& call) {
    chat::Accounts::NewAccount account;
    web::read_body(call, [&](web::JsonFields& fields) {
        account.username = fields.text("username", 200);
        account.password = fields.text("password", 1024);
        account.email = fields.text_or_empty("email", 320);
    });
    account.role = chat::Role::agent;
    auto const made = or_refuse(site.accounts.create(std::move(account)));
    web::audit(site, call, "agent_added", {{"user", made->username}});
    call.answer(monitor::agent_json(*made, site.watch), 201);
}

void change(SiteContext& site, Call& call) {
    auto const agent = agent_of(site, call);
    std::optional<std::string> email, password;
    web::read_body(call, [&](web::JsonFields& fields) {
        email = fields.optional_text("email", 320);
        password = fields.optional_text("password", 1024);
    });
    if (email) {
        chat::Accounts::ProfileChange profile;
        profile.email = *email;
        or_refuse(site.accounts.change_profile(agent->id, std::move(profile)));
    }
    if (password) {
        or_refuse(site.accounts.set_password(agent->id, *password));
        or_refuse(site.sessions.end_all(agent->id, chat::SessionEnd::password_changed));
    }
    web::audit(site, call, "agent_changed", {{"user", agent->username}});
    call.answer(monitor::agent_json(*site.accounts.find(agent->id), site.watch));
}

/// The account stays, as a member's.
void remove(SiteContext& site, Call& call) {
    auto const agent = agent_of(site, call);
    for (auto const& each : site.watch.assignments.list({}, agent->id, false))
        or_refuse(site.watch.unassign(call.user(), each->id));
    or_refuse(site.accounts.change_role(call.user(), agent->id, chat::Role::member));
    web::audit(site, call, "agent_removed", {{"user", agent->username}});
    call.answer(Json{{"message", "The agent is one no longer."}});
}

void list_assignments(SiteContext& site, Call& call) {
    auto const stream = call.query("stream_id").value_or("");
    auto const agent = is_staff(call) ? base::UserId{call.query("agent_id").value_or("")} : call.user().id;
    auto list = Json::array();
    for (auto const& each : site.watch.assignments.list(stream, agent, false))
        list.push_back(monitor::assignment_json(*each, site.accounts));
    auto const count = list.size();
    call.answer(Json{{"count", count}, {"assignments", std::move(list)}});
}

void assign(SiteContext& site, Call& call) {
    watch::Assignments::Draft draft;
    std::string agent;
    web::read_body(call, [&](web::JsonFields& fields) {
        agent = fields.text("agent_id", 200);
        draft.stream = fields.text("stream_id", 200);
        draft.notes = fields.text_or_empty("notes", 10'000);
        auto const text = fields.optional_text("priority", 20).value_or("normal");
        auto const priority = watch::parse_priority(text);
        if (!priority) fields.wrong("priority", "must be low, normal, high or urgent");
        draft.priority = priority.value_or(draft.priority);
    });
    draft.agent = web::account_named(site, "agent_id", agent);
    auto const assigned = or_refuse(site.watch.assign(call.user(), draft));
    web::audit(site, call, "stream_assigned", {{"stream", draft.stream}, {"agent", draft.agent.value}});
    auto json = monitor::assignment_json(*assigned.assignment, site.accounts);
    json["message"] = assigned.is_new ? "The stream is assigned." : "The stream is assigned already.";
    call.answer(json, assigned.is_new ? 201 : 200);
}

void unassign(SiteContext& site, Call& call) {
    auto const ended = or_refuse(site.watch.unassign(call.user(), call.parameter("id")));
    web::audit(site, call, "stream_unassigned", {{"stream", ended->stream}, {"agent", ended->agent.value}});
    call.answer(Json{{"message", "The assignment has ended."}});
}

}  // namespace

void add_monitor_agent_routes(web::Router& router) {
    router.post("/api/auth/login", Rights::anyone, log_in)
        .csrf(CsrfRule::same_origin)
        .costs(Cost::hashing)
        .refuses(channels_refusal)
        .about("Signs in, in the monitor family's shape")
        .body("Credentials")
        .answers("MonitorToken");
    router.post("/api/auth/token-verify", Rights::signed_in, verify_token)
        .refuses(channels_refusal)
        .about("Whether a token is good, and a fresh one")
        .answers("MonitorToken");
    router.get("/api/agents", Rights::agent, list)
        .refuses(channels_refusal)
        .about("Agents, in the monitor family's shape")
        .answers("MonitorAgents");
    router.post("/api/agents", Rights::admin, add)
        .costs(Cost::hashing)
        .refuses(channels_refusal)
        .about("Makes an agent's account, in the monitor family's shape")
        .body("NewUser")
        .answers("MonitorAgent", 201);
    router.put("/api/agents/{id}", Rights::admin, change)
        .costs(Cost::hashing)
        .refuses(channels_refusal)
        .about("Changes an agent's address or password, in the monitor family's shape")
        .body("MonitorAgentChange")
        .answers("MonitorAgent");
    router.remove("/api/agents/{id}", Rights::admin, remove)
        .refuses(channels_refusal)
        .about("Takes the role of an agent away, in the monitor family's shape")
        .answers("MonitorDone");
    router.get("/api/assignments", Rights::agent, list_assignments)
        .refuses(channels_refusal)
        .reads({"stream_id", "agent_id"})
        .about("Assignments, in the monitor family's shape")
        .answers("MonitorAssignments");
    for (auto const* path : {"/api/assignments", "/api/assign"})
        router.post(path, Rights::moderator, assign)
            .refuses(channels_refusal)
            .about("Has an agent look after a stream, in the monitor family's shape")
            .body("NewMonitorAssignment")
            .answers("MonitorAssignment", 201);
    router.remove("/api/assignments/{id}", Rights::moderator, unassign)
        .refuses(channels_refusal)
        .about("Ends an assignment, in the monitor family's shape")
        .answers("MonitorDone");
}

}  // namespace soyuz::dialects

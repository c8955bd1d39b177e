#include <functional>

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "chat/desk/desk.hpp"
#include "chat/desk/kicks.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "chat/settings.hpp"
#include "live/pulse/pulses.hpp"
#include "live/stages.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "web/api/live.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

/// Clients that know one live page: their own paths, field names and statuses, our accounts and checks.
namespace {

constexpr std::chrono::minutes mute_length{5};

/// What is wrong with fields stands in the sentence; these clients know 400 for it.
void fail(Call& call, base::Error const& error) {
    int const status = status_of(error.code);
    bool const is_field = status == 422 || status == 415 || error.code == Code::name_taken;
    auto const& fields = error.fields;
    auto detail = fields.empty() ? error.message : fields.begin()->first + ": " + fields.begin()->second;
    auto answer = json_answer(Json{{"detail", std::move(detail)}}, is_field ? 400 : status);
    if (status == 401) answer.with("WWW-Authenticate", "Bearer");
    if (error.retry_after.count() > 0) answer.with("Retry-After", retry_after(error.retry_after));
    call.answer(std::move(answer));
}

/// Runs `act` and answers a refusal in the family's shape.
void in_their_words(Call& call, std::function<void()> const& act) {
    try {
        act();
    } catch (Refused const& refused) {
        fail(call, refused.error);
    }
}

Json token_json(SiteContext& site, Call const& call, chat::UserPtr const& user) {
    auto const opened = open_session(site, call, user, chat::Session::Kind::token);
    return {{"access_token", opened.token}, {"token_type", "bearer"}, {"username", user->username}};
}

void sign_up(SiteContext& site, Call& call) {
    in_their_words(call, [&] {
        chat::Accounts::NewAccount account;
        read_body(call, [&](JsonFields& fields) {
            account.username = fields.text("username", 200);
            account.password = fields.text("password", 1024);
            account.email = fields.text_or_empty("email", 500);
        });
        account.role = chat::Role::member;
        auto const user = register_user(site, call, std::move(account), "");
        call.answer(token_json(site, call, user));
    });
}

void sign_in_with_form(SiteContext& site, Call& call) {
    in_their_words(call, [&] {
        auto const user = sign_in(site, call, call.form("username"), call.form("password"));
        call.answer(token_json(site, call, user));
    });
}

void show_me(SiteContext&, Call& call) {
    auto const& user = call.user();
    call.answer(Json{{"username", user.username}, {"email", user.email}, {"disabled", false}});
}

/// The default live room, which the first client makes.
chat::RoomPtr default_room(SiteContext& site) {
    if (site.hooks.live_page == nullptr) throw Refused{{Code::not_found, "There is no live room."}};
    return or_refuse(site.hooks.live_page->room());
}

void give(SiteContext& site, Call& call) {
    in_their_words(call, [&] {
        unsigned long long gift = 0, amount = 1;
        std::string from;
        read_body(call, [&](JsonFields& fields) {
            auto const wanted = fields.optional_number("gift_id", 1'000'000);
            if (!wanted) fields.wrong("gift_id", "This must be a number from 0 on.");
            gift = wanted.value_or(0);
            amount = fields.optional_number("amount", live::Gifts::most_at_once).value_or(1);
            if (amount < 1) fields.wrong("amount", "This must be at least 1.");
            from = fields.text_or_empty("from", 200);
        });
        check_may_write(site, call);
        bool const is_bot = from == live::Gifts::bot && call.user().role >= chat::Role::admin;
        auto const sender = is_bot ? base::UserId{} : call.user().id;
        auto const name = is_bot ? from : call.user().username;
        or_refuse(site.stages.give(*default_room(site), sender, name, static_cast<std::uint32_t>(gift),
                                   static_cast<std::uint32_t>(amount)));
        call.answer(Json{{"status", "queued"}});
    });
}

/// Whom a moderator acts on: somebody of a lower role.
chat::UserPtr target_of(SiteContext& site, Call& call) {
    std::string username;
    read_body(call, [&](JsonFields& fields) { username = fields.text("username", 200); });
    auto user = find_user(site, username);
    if (user->role >= call.user().role)
        throw Refused{{Code::forbidden, "You can act only on people whose role is below yours."}};
    return user;
}

void kick(SiteContext& site, Call& call) {
    in_their_words(call, [&] {
        auto const user = target_of(site, call);
        audit(site, call, "kicked", {{"user", user->username}});
        // They may come again at once, as these clients know it.
        auto const closed = site.desk.kicks().disconnect({user->id, site.clock.now(), ""});
        call.answer(
            Json{{"status", "success"}, {"message", user->username + " was put out."}, {"connections_closed", closed}});
    });
}

void mute(SiteContext& site, Call& call) {
    in_their_words(call, [&] {
        auto const user = target_of(site, call);
        moderation::Sanction sanction;
        sanction.kind = moderation::Sanction::Kind::mute;
        sanction.user = user->id;
        sanction.by = call.user().username;
        sanction.since = site.clock.now();
        sanction.until = sanction.since + mute_length;
        audit(site, call, "muted", {{"user", user->username}});
        base::Error told{Code::muted, "A moderator has muted you for five minutes."};
        told.until = sanction.until;
        auto later = call.later();
        site.sanctions.impose(sanction, {}, [&site, later, user, told](base::Result<void> const& done) {
            if (!done) return later->send(error_answer(done.error()));
            auto* const page = site.hooks.live_page;
            auto const heard = page != nullptr ? page->tell_muted(user->id, told) : 0;
            later->send(json_answer(Json{{"status", "success"},
                                         {"message", user->username + " is muted for five minutes."},
                                         {"muted_until", base::to_rfc3339(*told.until)},
                                         {"notifications_sent", heard}}));
        });
    });
}

void reset_metrics(SiteContext& site, Call& call) {
    site.stages.gifts().reset_total();
    site.screening.reset_counts();
    site.stages.pulses().clear_all();
    audit(site, call, "metrics_reset", {});
    call.answer(Json{{"status", "success"}});
}

void show_threshold(SiteContext& site, Call& call) {
    call.answer(Json{{"threshold", site.stages.pulses().threshold()}});
}

void change_threshold(SiteContext& site, Call& call) {
    in_their_words(call, [&] {
        set_toxic_threshold(site, call);
        show_threshold(site, call);
    });
}

Json entry_json(live::PulseEntry const& entry, double threshold) {
    bool const is_gift = entry.is_gift();
    return {{"ts", base::to_rfc3339(entry.at)},
            {"user", entry.user},
            {"msg", entry.text},
            {"toxic", entry.is_toxic(threshold)},
            {"score", entry.score},
            {"gift", is_gift ? Json(entry.gift) : Json{}},
            {"amount", is_gift ? Json(entry.amount) : Json{}},
            {"type", is_gift ? "gift" : "chat"}};
}

/// What everybody has seen: not what was blocked.
void show_recent(SiteContext& site, Call& call) {
    in_their_words(call, [&] {
        auto const& pulses = site.stages.pulses();
        auto list = Json::array();
        for (auto const& entry : pulses.view(default_room(site)->id).entries)
            if (entry.is_gift() || entry.id) list.push_back(entry_json(entry, pulses.threshold()));
        call.answer(Json{{"recent_data", std::move(list)}});
    });
}

}  // namespace

void add_stream_routes(Router& router) {
    router.post("/auth/register", Rights::anyone, sign_up).csrf(CsrfRule::same_origin).costs(Cost::hashing);
    router.post("/auth/login", Rights::anyone, sign_in_with_form).csrf(CsrfRule::same_origin).costs(Cost::hashing);
    router.get("/auth/me", Rights::signed_in, show_me);
    router
        .post("/auth/logout", Rights::signed_in,
              [](SiteContext& site, Call& call) {
                  sign_out(site, call);
                  call.answer(Json{{"status", "success"}, {"message", "Signed out."}});
              })
        .banned_too();
    router.post("/api/gift", Rights::signed_in, give);
    router.post("/api/admin/kick", Rights::moderator, kick);
    router.post("/api/admin/mute", Rights::moderator, mute);
    router.post("/api/admin/reset_metrics", Rights::moderator, reset_metrics);
    router.get("/api/mod/threshold", Rights::moderator, show_threshold);
    router.patch("/api/mod/threshold", Rights::moderator, change_threshold);
    router.get("/api/recent", Rights::moderator, show_recent);
}

}  // namespace soyuz::web

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/observer.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/settings.hpp"
#include "contract/shapes.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "store/store.hpp"
#include "web/files/qr.hpp"
#include "web/http/cookies.hpp"
#include "web/pages/agent_name.hpp"
#include "web/pages/message_view.hpp"
#include "web/reach.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

namespace {

Json sessions_view(SiteContext& site, Call const& call) {
    auto sessions = Json::array();
    for (auto const& session : site.sessions.of(call.user().id)) {
        auto const seen = base::to_rfc3339(session.last_seen);
        sessions.push_back({{"id", session.id.value},
                            {"agent", agent_name(session.agent)},
                            {"kind", session.kind == chat::Session::Kind::browser ? "browser" : "token"},
                            {"created_at", base::to_rfc3339(session.created_at)},
                            {"last_seen", seen},
                            {"last_seen_text", seen.substr(0, 10) + ' ' + seen.substr(11, 5)},
                            {"current", session.id == call.identity()->session.id}});
    }
    return sessions;
}

Answer settings_page(SiteContext& site, Call& call, std::string_view saved, base::Error const* error,
                     std::string_view section) {
    auto errors = Json::object();
    if (error != nullptr) {
        for (auto const& [field, reason] : error->fields) errors[field] = reason;
        if (errors.empty()) errors[std::string{section}] = error->message;
    }
    auto profile = person_view(call.user(), true);
    profile["email"] = call.user().email;
    Json context{{"profile", std::move(profile)},
                 {"sessions", sessions_view(site, call)},
                 {"saved", saved},
                 {"section", section},
                 {"errors", std::move(errors)}};
    return site.pages.render(call, "settings.html", std::move(context),
                             error != nullptr ? status_of(error->code) : 200);
}

/// One form of the settings page: does it, or shows the page again with what was wrong.
Route::Handler form_of(std::string section, Route::Handler act) {
    return [section = std::move(section), act = std::move(act)](SiteContext& site, Call& call) {
        try {
            act(site, call);
            if (!call.given()) call.answer(redirect("/settings?saved=" + section));
        } catch (Refused const& refused) {
            call.answer(settings_page(site, call, "", &refused.error, section));
        }
    };
}

void save_profile(SiteContext& site, Call& call) {
    chat::Accounts::ProfileChange change;
    change.display_name = call.form("display_name");
    if (call.has_form("email")) change.email = call.form("email");
    change_profile(site, call, std::move(change));
    if (auto const* const picture = call.file("avatar")) change_avatar(site, call, picture->content);
}

void save_appearance(SiteContext& site, Call& call) {
    using Choices = std::vector<std::string_view>;
    auto const keep = [&](std::string_view cookie, std::string const& field, Choices const& allowed) {
        if (!call.has_form(field)) return;
        auto const value = call.form(field);
        bool const is_known = std::find(allowed.begin(), allowed.end(), value) != allowed.end();
        auto const age = is_known ? std::chrono::seconds{std::chrono::hours{24 * 365}} : std::chrono::seconds{0};
        call.set_cookie(set_cookie(cookie, is_known ? value : "", call.client().https, age, false));
    };
    keep(theme_cookie, "theme", {"light", "dark"});
    auto const languages = site.pages.catalogue().languages();
    Choices codes;
    for (auto const& each : languages) codes.push_back(each.code);
    keep(language_cookie, "lang", codes);
    keep(text_size_cookie, "text", {"small", "large", "larger"});
    keep(density_cookie, "density", {"compact"});
    keep(style_cookie, "style", {"flat"});
    keep(room_order_cookie, "rooms", {"recent"});
}

void end_session(SiteContext& site, Call& call) {
    auto const id = call.form("id");
    for (auto const& session : site.sessions.of(call.user().id))
        if (session.id.value == id) return or_refuse(site.sessions.end(session.id, chat::SessionEnd::signed_out));
    throw Refused{{Code::not_found, "This session has ended already."}};
}

/// "12.3 MB", in steps of 1000 as disks are sold.
std::string size_text(std::uint64_t bytes) {
    constexpr std::array<char const*, 5> units{"B", "kB", "MB", "GB", "TB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1000 && unit + 1 < units.size(); ++unit) value /= 1000;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    return text.data();
}

/// Adds what the hooks know of the whole server: messages of today, storage, the newest backup.
void add_overview(SiteContext const& site, Json& stats) {
    if (!site.hooks.metrics_json) return;
    auto figures = Json::object();
    site.hooks.metrics_json(figures, true);
    if (figures.contains("messages_today")) stats["messages_today"] = figures["messages_today"];
    if (figures.contains("storage_bytes")) stats["storage_text"] = size_text(figures["storage_bytes"]);
    // The day is enough for who asks whether backups are made.
    auto const backup = figures.value("last_backup_at", Json());
    stats["last_backup"] = backup.is_string() ? backup.get<std::string>().substr(0, 10) : "";
}

/// What the owner sees at a glance, and the settings with their present values.
Json admin_context(SiteContext& site, Call& call) {
    auto users = Json::array();
    for (auto const& user : site.accounts.all()) {
        if (users.size() >= 200) break;
        auto view = person_view(*user, site.presence.is_online(user->id));
        view["can_change"] = user->role < call.user().role;
        users.push_back(std::move(view));
    }
    auto sanctions = Json::array();
    for (auto const& each : site.sanctions.all()) {
        auto const user = site.accounts.find(each.user);
        Json view{{"kind", each.kind == moderation::Sanction::Kind::ban ? "ban" : "mute"},
                  {"username", user ? user->username : ""},
                  {"display_name", user ? user->display_name : ""},
                  {"reason", each.reason},
                  {"by", each.by},
                  {"until", nullptr}};
        if (each.until) view["until"] = base::to_rfc3339(*each.until);
        sanctions.push_back(std::move(view));
    }
    Json stats{{"online", site.presence.online_count()},
               {"accounts", site.accounts.count()},
               {"messages", site.rooms.last_seq(site.rooms.lobby()->id)},
               {"writable", site.store.writable()},
               {"version", site.options.version}};
    add_overview(site, stats);
    return {{"settings", chat::Settings::to_json(*site.settings.get())},
            {"users", std::move(users)},
            {"sanctions", std::move(sanctions)},
            {"stats", std::move(stats)},
            {"reach", reach_json(site, call)},
            {"saved", call.query("saved").value_or("")},
            {"errors", Json::object()}};
}

/// A form's text as a whole number where it is one; what is none stays text, for the settings to name as wrong.
Json number_or_text(std::string const& value) {
    bool const is_number =
        !value.empty() && value.size() < 12 && value.find_first_not_of("0123456789") == std::string::npos;
    return is_number ? Json(std::stoull(value)) : Json(value);
}

/// "60, 300" as [60,300].
Json numbers(std::string const& text) {
    auto list = Json::array();
    for (std::size_t at = 0; at < text.size();) {
        auto const end = std::min(text.find(',', at), text.size());
        list.push_back(number_or_text(base::trim(std::string_view{text}.substr(at, end - at))));
        at = end + 1;
    }
    return list;
}

/// The settings form without a script: what it holds, in the names and kinds of the settings.
Json patch_of(SiteContext& site, Call const& call) {
    auto patch = Json::object();
    for (auto const* name : {"name", "purpose", "registration", "direct_policy"})
        if (call.has_form(name)) patch[name] = call.form(name);
    for (auto const* name : {"message_characters", "attachment_bytes", "registrations_per_address",
                             "logins_per_address", "connections_per_address", "connections_per_account"})
        if (call.has_form(name)) patch[name] = number_or_text(call.form(name));
    if (call.has_form("members_create_rooms_present"))
        patch["members_create_rooms"] = call.has_form("members_create_rooms");

    auto values = Json::object();
    for (std::string const name : {"limit", "span_ms", "min_gap_ms", "repeat_weight", "memory_h", "address_limit"})
        if (call.has_form("spam." + name)) values[name] = number_or_text(call.form("spam." + name));
    if (call.has_form("spam.bans_s")) values["bans_s"] = numbers(call.form("spam.bans_s"));

    auto const preset = call.form("spam.preset");
    if (preset.empty()) return patch;
    // A newly chosen preset brings its own values: the form still holds those of before. Under the same preset a
    // value that was changed makes it one's own.
    auto const present = chat::Settings::to_json(*site.settings.get())["spam"];
    bool const is_changed = std::any_of(values.items().begin(), values.items().end(), [&](auto const& value) {
        return !present.contains(value.key()) || present[value.key()] != value.value();
    });
    patch["spam"] = {{"preset", preset}};
    if (preset != "custom" && (preset != present.value("preset", "") || !is_changed)) return patch;
    patch["spam"] = std::move(values);
    patch["spam"]["preset"] = "custom";
    return patch;
}

void save_admin(SiteContext& site, Call& call) {
    auto const patch = patch_of(site, call);
    auto const saved = site.settings.change(patch);
    if (saved) {
        audit(site, call, "settings_changed", {{"patch", patch.dump().substr(0, 2000)}});
        return call.answer(redirect("/admin?saved=settings"));
    }
    auto context = admin_context(site, call);
    for (auto const& [field, reason] : saved.error().fields) context["errors"][field] = reason;
    if (context["errors"].empty()) context["errors"]["form"] = saved.error().message;
    call.answer(site.pages.render(call, "admin.html", std::move(context), status_of(saved.error().code)));
}

void share_by_form(SiteContext& site, Call& call) {
    try {
        share(site, call, call.form("way"));
        call.answer(redirect("/admin?saved=share#a-reach"));
    } catch (Refused const& refused) {
        auto context = admin_context(site, call);
        context["errors"]["reach"] = refused.error.message;
        call.answer(site.pages.render(call, "admin.html", std::move(context), status_of(refused.error.code)));
    }
}

}  // namespace

void add_settings_pages(Router& router) {
    router.get("/settings", Rights::signed_in, [](SiteContext& site, Call& call) {
        call.answer(settings_page(site, call, call.query("saved").value_or(""), nullptr, ""));
    });
    router.post("/settings/profile", Rights::signed_in, form_of("profile", save_profile))
        .costs(Cost::picture)
        .counts_as_change()
        .up_to(largest_avatar + multipart_overhead);
    router
        .post("/settings/avatar/remove", Rights::signed_in,
              form_of("profile", [](SiteContext& site, Call& call) { remove_avatar(site, call); }))
        .counts_as_change();
    router.post("/settings/appearance", Rights::signed_in, form_of("appearance", save_appearance));
    router
        .post("/settings/password", Rights::signed_in,
              form_of("password",
                      [](SiteContext& site, Call& call) {
                          change_password(site, call, call.form("current_password"), call.form("new_password"));
                      }))
        .costs(Cost::hashing);
    router.post("/settings/sessions/end", Rights::signed_in, form_of("sessions", end_session));
    router.post(
        "/settings/sessions/end-others", Rights::signed_in, form_of("sessions", [](SiteContext& site, Call& call) {
            or_refuse(site.sessions.end_all(call.user().id, chat::SessionEnd::signed_out, call.identity()->session.id));
        }));
    router
        .post("/settings/delete", Rights::signed_in,
              form_of("delete",
                      [](SiteContext& site, Call& call) {
                          if (call.form("name") != call.user().username)
                              throw Refused{base::invalid_field("name", "Write your user name to confirm.")};
                          delete_account(site, call, call.form("password"));
                          call.answer(redirect("/login"));
                      }))
        .costs(Cost::hashing);

    router.get("/admin", Rights::admin, [](SiteContext& site, Call& call) {
        call.answer(site.pages.render(call, "admin.html", admin_context(site, call)));
    });
    router.post("/admin", Rights::admin, save_admin);
    router.post("/admin/share", Rights::owner, share_by_form);
    router.get("/admin/reach.svg", Rights::admin, [](SiteContext& site, Call& call) {
        Answer picture;
        picture.type = "image/svg+xml";
        picture.body = qr_svg(meeting_point(site, call).url);
        call.answer(std::move(picture.with("Cache-Control", "private, no-cache")));
    });
}

}  // namespace soyuz::web

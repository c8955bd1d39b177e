#include <iomanip>
#include <iostream>

#include "app/console.hpp"
#include "app/failure.hpp"
#include "app/offline/administration.hpp"
#include "app/offline/commands.hpp"
#include "app/offline/folder_owner.hpp"
#include "app/open_store.hpp"
#include "store/commit_later.hpp"

namespace soyuz::app {

namespace {

store::Options options_of(std::filesystem::path const& data) {
    store::Options options;
    options.folder = data;
    return options;
}

chat::Sessions::Options session_options(std::filesystem::path const& data) {
    chat::Sessions::Options options;
    options.jwt_secret = store::load_or_make_secret(data);
    return options;
}

chat::Role role_named(std::string const& name) {
    auto const role = chat::parse_role(name);
    if (!role) throw Failure(Exit::usage, "there is no role " + name + ": owner, admin, moderator, member or guest");
    return *role;
}

chat::UserPtr user_named(Administration const& folder, std::string const& username) {
    auto user = folder.accounts.find_by_name(username);
    if (!user) throw Failure(Exit::usage, "there is no account " + username);
    return user;
}

template <class T>
void need(base::Result<T> const& result) {
    if (!result) throw Failure(Exit::failed, result.error().message);
}

}  // namespace

Administration::Administration(std::filesystem::path const& data)
    : store((become_owner_of(data), open_store(options_of(data), clock))),
      hasher(chat::PasswordHasher::interactive),
      accounts(*store, hasher, clock, {}),
      sessions(*store, accounts, clock, session_options(data)),
      sanctions(*store, clock) {}

void Administration::finish() {
    auto const done = store->checkpoint();
    if (!done) throw Failure(Exit::cannot_create, done.error().message);
}

int add_user(std::filesystem::path const& data, std::string const& username, std::string const& role,
             std::string const& display_name, std::string const& email) {
    auto const wanted = role_named(role);
    Administration folder(data);
    auto password = console::ask_password("Password of " + username);
    need(folder.accounts.create({username, std::move(password), display_name, email, wanted}));
    folder.finish();
    return 0;
}

int change_user_password(std::filesystem::path const& data, std::string const& username) {
    Administration folder(data);
    auto const user = user_named(folder, username);
    need(folder.accounts.set_password(user->id, console::ask_password("New password of " + username)));
    need(folder.sessions.end_all(user->id, chat::SessionEnd::password_changed));
    folder.finish();
    return 0;
}

int change_user_role(std::filesystem::path const& data, std::string const& username, std::string const& role) {
    auto const wanted = role_named(role);
    Administration folder(data);
    auto const user = user_named(folder, username);
    need(folder.accounts.set_role(user->id, wanted));
    need(folder.sessions.end_all(user->id, chat::SessionEnd::role_changed));
    folder.finish();
    return 0;
}

int ban_user(std::filesystem::path const& data, std::string const& username, unsigned long minutes,
             std::string const& reason, std::ostream& out) {
    Administration folder(data);
    auto const user = user_named(folder, username);
    moderation::Sanction ban;
    ban.user = user->id;
    ban.since = folder.clock.now();
    if (minutes != 0) ban.until = ban.since + std::chrono::minutes{minutes};
    ban.reason = reason;
    ban.by = "command line";
    need(store::await<base::Result<void>>([&](auto done) { folder.sanctions.impose(ban, {}, std::move(done)); }));
    need(folder.sessions.end_all(user->id, chat::SessionEnd::banned));
    folder.finish();
    out << "banned " << user->username << (ban.until ? " until " + base::to_rfc3339(*ban.until) : " for good") << '\n';
    return 0;
}

int unban_user(std::filesystem::path const& data, std::string const& username, std::ostream& out) {
    Administration folder(data);
    auto const user = user_named(folder, username);
    if (!folder.sanctions.ban_of(user->id)) throw Failure(Exit::usage, user->username + " is not banned");
    need(folder.sanctions.lift(user->id, moderation::Sanction::Kind::ban));
    folder.finish();
    out << "lifted the ban of " << user->username << '\n';
    return 0;
}

int list_users(std::filesystem::path const& data, std::ostream& out) {
    if (!std::filesystem::is_directory(data)) throw Failure(Exit::usage, data.string() + " is no folder");
    Administration const folder(data);
    for (auto const& user : folder.accounts.all()) {
        if (user->deleted) continue;
        out << std::left << std::setw(24) << user->username << ' ' << std::setw(10) << chat::name(user->role) << ' '
            << base::to_rfc3339(user->created_at) << ' ' << user->display_name << '\n';
    }
    return 0;
}

}  // namespace soyuz::app

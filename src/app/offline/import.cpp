#include <fstream>
#include <iterator>
#include <optional>
#include <ostream>

#include <nlohmann/json.hpp>

#include "app/failure.hpp"
#include "app/offline/administration.hpp"
#include "app/offline/commands.hpp"
#include "app/offline/folder_owner.hpp"
#include "base/json.hpp"
#include "base/json_members.hpp"
#include "base/random.hpp"
#include "web/files/images.hpp"
#include "web/files/uploads.hpp"

namespace soyuz::app {

namespace {

using Json = nlohmann::json;

constexpr std::uintmax_t most_bytes = std::uintmax_t{64} << 20U;

/// A plain file of up to 64 MiB; a pipe or a device would keep us waiting.
std::optional<std::string> read_file(std::filesystem::path const& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error) || std::filesystem::file_size(file, error) > most_bytes)
        return std::nullopt;
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>(in), {}};
}

/// For the terminal: what others wrote into their files must not steer it.
std::string printable(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
    return text;
}

std::optional<Json> read_json(std::filesystem::path const& file) {
    auto const text = read_file(file);
    if (!text) return std::nullopt;
    auto json = base::parse_json(*text);
    if (!json) throw Failure(Exit::damaged, file.string() + ": " + json.error().message);
    return *json;
}

/// Makes the picture that an entry names the account's avatar. Only its last name counts: an entry can't reach out of
/// the folder.
void import_picture(std::string const& picture, chat::User const& user, std::filesystem::path const& from,
                    Administration& folder, web::Uploads const& uploads, std::ostream& out) {
    auto const name = std::filesystem::path(picture).filename();
    if (name.empty()) return;
    std::optional<std::string> content;
    for (auto const* place : {"", "uploads", "static/uploads"})
        if (!content) content = read_file(from / place / name);
    auto const skip = [&](std::string const& why) {
        out << "left out the picture of " << printable(user.username) << why << '\n';
    };
    if (!content) return skip(": " + printable(name.string()) + " is not there");
    auto const avatar = web::make_avatar(*content);
    if (!avatar) return skip(": " + avatar.error().message);
    auto const written = uploads.write(*avatar, ".webp");
    if (!written) return skip(": " + written.error().message);
    chat::Accounts::ProfileChange change;
    change.avatar = *written;
    if (auto const changed = folder.accounts.change_profile(user.id, change); !changed)
        skip(": " + changed.error().message);
}

/// One account. A password that is too weak for us is replaced: the account keeps its name and gets a new one from
/// its owner's hands.
void import_user(Json const& entry, std::filesystem::path const& from, Administration& folder,
                 web::Uploads const& uploads, std::ostream& out) {
    base::Members const members{entry};
    if (!entry.is_object() || members.text("username").empty()) {
        out << "skipped an entry of users.json without a user name\n";
        return;
    }
    chat::Accounts::NewAccount account;
    account.username = members.text("username");
    account.password = members.text("password");
    account.display_name = members.text("name");
    if (folder.accounts.find_by_name(account.username)) {
        out << "skipped " << printable(account.username) << ": the name exists already\n";
        return;
    }
    auto made = folder.accounts.create(account);
    if (!made && made.error().fields.contains("password")) {
        account.password = base::random_token();
        made = folder.accounts.create(account);
        if (made)
            out << "imported " << printable(account.username)
                << " with a random password, the old one was too weak: soyuz user passwd "
                << printable(account.username) << '\n';
    } else if (made) {
        out << "imported " << printable(account.username) << '\n';
    }
    if (!made)
        out << "skipped " << printable(account.username) << ": " << made.error().message << '\n';
    else
        import_picture(members.text("profile_picture"), **made, from, folder, uploads, out);
}

void import_ban(std::string const& username, std::optional<base::Timestamp> until, Administration& folder,
                std::ostream& out) {
    auto const user = folder.accounts.find_by_name(username);
    if (!user) {
        out << "skipped the ban of " << printable(username) << ": there is no such account\n";
        return;
    }
    if (until && *until <= folder.clock.now()) return;
    moderation::Sanction ban;
    ban.kind = moderation::Sanction::Kind::ban;
    ban.user = user->id;
    ban.until = until;
    ban.by = "import";  // what people decided there isn't weaker here
    ban.reason = "Taken over from the former server";
    ban.since = folder.clock.now();
    folder.sanctions.impose(ban);
    out << "banned " << printable(username) << (until ? " until " + base::to_rfc3339(*until) : " for good") << '\n';
}

void import_permanent_bans(Json const& names, Administration& folder, std::ostream& out) {
    if (!names.is_array()) throw Failure(Exit::damaged, "perma_banned.json is no list of names");
    for (auto const& name : names)
        if (name.is_string()) import_ban(name.get<std::string>(), std::nullopt, folder, out);
}

/// Whom a timed ban is of: its key is a name, or the text of a pair of name and address, as in ('sara', '192.0.2.1').
std::string name_in_key(std::string const& key) {
    if (key.size() < 4 || key[0] != '(' || (key[1] != '\'' && key[1] != '"')) return key;
    auto const end = key.find(key[1], 2);
    return end == std::string::npos ? key : key.substr(2, end - 2);
}

void import_timed_bans(Json const& ends, Administration& folder, std::ostream& out) {
    if (!ends.is_object()) throw Failure(Exit::damaged, "temp_bans.json is no object of names and times");
    constexpr double latest = 253'402'300'799;  // the year 9999
    for (auto const& [name, end] : ends.items()) {
        if (!end.is_number() || end.get<double>() < 0 || end.get<double>() > latest) {
            out << "skipped the ban of " << printable(name) << ": its end is no time\n";
            continue;
        }
        auto const milliseconds = static_cast<std::int64_t>(end.get<double>() * 1000);
        import_ban(name_in_key(name), base::Timestamp{std::chrono::milliseconds{milliseconds}}, folder, out);
    }
}

}  // namespace

int import_folder(std::filesystem::path const& from, std::filesystem::path const& data,
                  std::filesystem::path const& uploads_folder, std::ostream& out) {
    become_owner_of(data);
    auto const users = read_json(from / "users.json");
    if (!users) throw Failure(Exit::usage, (from / "users.json").string() + " can't be read");
    if (!users->is_array()) throw Failure(Exit::damaged, "users.json is no list of accounts");
    auto const permanent = read_json(from / "perma_banned.json");
    auto const timed = read_json(from / "temp_bans.json");

    Administration folder(data);
    web::Uploads const uploads(uploads_folder);
    for (auto const& entry : *users) import_user(entry, from, folder, uploads, out);
    if (permanent) import_permanent_bans(*permanent, folder, out);
    if (timed) import_timed_bans(*timed, folder, out);
    folder.finish();
    return 0;
}

}  // namespace soyuz::app

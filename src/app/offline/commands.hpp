#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

/// What can be done without a server. Each returns the exit code or throws Failure.
namespace soyuz::app {

/// Where `serve` keeps uploads as long as nobody says otherwise: beside the data.
std::filesystem::path uploads_beside(std::filesystem::path const& data);

int check_folder(std::filesystem::path const& data);
/// Also while a server holds the folder. `uploads`: "" for the folder `uploads` beside the data folder, if there is
/// one.
int back_up(std::filesystem::path const& data, std::filesystem::path const& tar, std::filesystem::path uploads);
/// `uploads`: "" for the folder `uploads` beside the data folder.
int restore_backup(std::filesystem::path const& tar, std::filesystem::path const& data, std::filesystem::path uploads);

/// Writes accounts, rooms, messages, posts and sanctions of a folder that no server holds into `out`, as JSON for
/// programs and HTML for people, with the files that messages hold. `uploads`: "" for the folder `uploads` beside the
/// data folder.
int export_folder(std::filesystem::path const& data, std::filesystem::path const& out, std::filesystem::path uploads,
                  std::ostream& said);
/// Empties a data folder that no server holds; its name must be given, in `yes` or on `in`.
int reset_folder(std::filesystem::path const& data, std::string yes, std::istream& in, std::ostream& said);

/// The password comes from the terminal or from one line of standard input.
int add_user(std::filesystem::path const& data, std::string const& username, std::string const& role,
             std::string const& display_name, std::string const& email);
int change_user_password(std::filesystem::path const& data, std::string const& username);
int change_user_role(std::filesystem::path const& data, std::string const& username, std::string const& role);
/// `minutes`: 0 for good. A ban ends the account's sessions.
int ban_user(std::filesystem::path const& data, std::string const& username, unsigned long minutes,
             std::string const& reason, std::ostream& out);
int unban_user(std::filesystem::path const& data, std::string const& username, std::ostream& out);
int list_users(std::filesystem::path const& data, std::ostream& out);

/// Takes over accounts and bans of a server with one public room: users.json, perma_banned.json and temp_bans.json in
/// `from`, pictures beside them or under uploads/ or static/uploads/. Names that exist already are left alone. Says on
/// `out` what was done, and what could not be.
int import_folder(std::filesystem::path const& from, std::filesystem::path const& data,
                  std::filesystem::path const& uploads, std::ostream& out);

}  // namespace soyuz::app

#include "app/command_line.hpp"

#include <exception>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>

#include "app/config.hpp"
#include "app/failure.hpp"
#include "app/offline/commands.hpp"
#include "app/serve.hpp"
#include "app/version.hpp"
#include "base/log.hpp"
#include "judge/commands.hpp"
#include "judge/engine.hpp"

namespace soyuz::app {

namespace {

/// Arguments of the commands that work without a server.
struct OfflineArguments {
    std::string data = "data", uploads = "uploads";
    std::string kept_uploads;
    std::string file, folder, username, role = "member", display_name, email, reason, yes;
    unsigned long minutes = 0;
};

void add_folder_commands(CLI::App& app, OfflineArguments& arguments, int& code) {
    auto* const check = app.add_subcommand("check", "Examine a data folder, change nothing");
    check->add_option("folder", arguments.folder, "Data folder")->required();
    check->callback([&] { code = check_folder(arguments.folder); });

    auto* const backup = app.add_subcommand("backup", "Write a data folder as a tar file, also while its server runs");
    backup->add_option("folder", arguments.folder, "Data folder")->required();
    backup->add_option("file", arguments.file, "Tar file to write")->required();
    auto const add_uploads = [&](CLI::App* command) {
        command->add_option("--uploads", arguments.kept_uploads,
                            "Folder of pictures and files; else `uploads` beside it");
    };
    add_uploads(backup);
    backup->callback([&] { code = back_up(arguments.folder, arguments.file, arguments.kept_uploads); });

    auto* const restore = app.add_subcommand("restore", "Unpack a backup into a new data folder");
    restore->add_option("file", arguments.file, "Tar file to read")->required();
    restore->add_option("folder", arguments.folder, "Data folder, absent or empty")->required();
    add_uploads(restore);
    restore->callback([&] { code = restore_backup(arguments.file, arguments.folder, arguments.kept_uploads); });

    auto* const write_out = app.add_subcommand("export", "Write everything as plain JSON and HTML, with attachments");
    write_out->add_option("folder", arguments.folder, "Data folder")->required();
    write_out->add_option("out", arguments.file, "Folder to write, absent or empty")->required();
    add_uploads(write_out);
    write_out->callback(
        [&] { code = export_folder(arguments.folder, arguments.file, arguments.kept_uploads, std::cout); });

    auto* const reset = app.add_subcommand("reset", "Empty a data folder after asking for its name");
    reset->add_option("folder", arguments.folder, "Data folder")->required();
    reset->add_option("--yes", arguments.yes, "The folder's name, in place of the question");
    reset->callback([&] { code = reset_folder(arguments.folder, arguments.yes, std::cin, std::cout); });

    auto* const take_over = app.add_subcommand("import", "Take over accounts and bans of a server with one room");
    take_over->add_option("folder", arguments.folder, "Folder with users.json")->required();
    take_over->add_option("--data", arguments.data, "Data folder")->capture_default_str();
    take_over->add_option("--uploads", arguments.uploads, "Folder of pictures and files")->capture_default_str();
    take_over->callback([&] { code = import_folder(arguments.folder, arguments.data, arguments.uploads, std::cout); });
}

void add_user_commands(CLI::App& app, OfflineArguments& arguments, int& code) {
    auto* const user = app.add_subcommand("user", "Administer the accounts of a data folder, without a server");
    user->require_subcommand(1);
    auto const add = [&](char const* name, char const* help, bool names_one) {
        auto* const command = user->add_subcommand(name, help);
        command->add_option("--data", arguments.data, "Data folder")->capture_default_str();
        if (names_one) command->add_option("username", arguments.username, "User name")->required();
        return command;
    };
    auto* const make = add("add", "Make an account; the password comes from the terminal or standard input", true);
    make->add_option("--role", arguments.role, "owner, admin, moderator, member or guest")->capture_default_str();
    make->add_option("--display-name", arguments.display_name, "Name that others see");
    make->add_option("--email", arguments.email, "E-mail address");
    make->callback([&] {
        code = add_user(arguments.data, arguments.username, arguments.role, arguments.display_name, arguments.email);
    });

    add("passwd", "Set a password; ends the account's sessions", true)->callback([&] {
        code = change_user_password(arguments.data, arguments.username);
    });

    auto* const role = add("role", "Set a role; ends the account's sessions", true);
    role->add_option("role", arguments.role, "owner, admin, moderator, member or guest")->required();
    role->callback([&] { code = change_user_role(arguments.data, arguments.username, arguments.role); });

    auto* const ban = add("ban", "Ban an account; ends its sessions", true);
    ban->add_option("--minutes", arguments.minutes, "For how long; for good where it is left out")
        ->check(CLI::Range(1UL, 60UL * 24 * 3660));
    ban->add_option("--reason", arguments.reason, "What the person reads");
    ban->callback(
        [&] { code = ban_user(arguments.data, arguments.username, arguments.minutes, arguments.reason, std::cout); });
    add("unban", "Lift a ban", true)->callback([&] {
        code = unban_user(arguments.data, arguments.username, std::cout);
    });

    add("list", "List the accounts", false)->callback([&] { code = list_users(arguments.data, std::cout); });
}

int moderate_lines(judge::EngineOptions const& options) {
    auto engine = judge::Engine::open(options);
    if (!engine) throw Failure(Exit::bad_setting, engine.error().message);
    std::ios::sync_with_stdio(false);
    return judge::moderate(std::cin, std::cout, **engine);
}

void add_moderation_commands(CLI::App& app, judge::TrainOptions& training, judge::EngineOptions& judging, int& code) {
    auto* const train =
        app.add_subcommand("train", "Train the text classifier from CSV files (text,label or text,lab)");
    train->add_option("--data", training.data, "CSV files to learn from")->required();
    train->add_option("--dev", training.held_out, "CSV files to report figures on");
    train->add_option("--out", training.out, "Model file to write")->required();
    train->add_option("--seed", training.seed, "Seed of what is drawn by chance")->capture_default_str();
    train->callback([&] {
        base::log::set_level("info");
        code = judge::train(training);
    });

    auto* const moderate = app.add_subcommand("moderate", "Judge texts: one a line in, one verdict a line out");
    moderate->add_option("--model", judging.model_file, "Model in place of the built-in one");
    moderate->add_option("--lexicons", judging.lexicon_folder, "Folder of word lists that win over the built-in ones");
    moderate->add_option("--toxic-threshold", judging.flag_threshold, "Score from which a text is flagged");
    moderate->callback([&] { code = moderate_lines(judging); });
}

/// CLI11's messages may have several lines; ours have one.
std::string first_line(std::string const& text) { return text.substr(0, text.find('\n')); }

}  // namespace

int run(int argc, char** argv) try {
    CLI::App app{"Soyuz, a chat server"};
    app.name("soyuz");
    app.require_subcommand(0, 1);
    ServeOptions options(app);
    bool show_version = false;
    app.add_flag("--version", show_version, "Print the version");

    int code = 0;
    // `soyuz serve --port 80` and `soyuz --port 80` are the same: unknown options of `serve` fall through.
    auto* const serve_command = app.add_subcommand("serve", "Start the server (the default command)");
    serve_command->fallthrough();
    serve_command->footer([&app] { return CLI::Formatter{}.make_groups(&app, CLI::AppFormatMode::Normal); });
    auto* const version_command = app.add_subcommand("version", "Print the version");
    OfflineArguments arguments;
    add_folder_commands(app, arguments, code);
    add_user_commands(app, arguments, code);
    judge::TrainOptions training;
    judge::EngineOptions judging;
    add_moderation_commands(app, training, judging, code);

    // Offline commands log little; the server sets the level of its configuration.
    base::log::set_level("warn");
    try {
        app.parse(argc, argv);
    } catch (CLI::CallForHelp const& help) {
        return app.exit(help);
    } catch (CLI::CallForAllHelp const& help) {
        return app.exit(help);
    } catch (CLI::ParseError const& error) {
        throw Failure(Exit::bad_setting, first_line(error.what()));
    }
    if (show_version || version_command->parsed()) {
        std::cout << "soyuz " << version() << '\n';
        return 0;
    }
    bool const other_command = !app.get_subcommands().empty() && !serve_command->parsed();
    return other_command ? code : serve(options.finish(process_environment()));
} catch (Failure const& failure) {
    std::cerr << "soyuz: " << failure.what() << std::endl;
    return static_cast<int>(failure.code);
} catch (std::exception const& failure) {
    std::cerr << "soyuz: " << failure.what() << std::endl;
    return static_cast<int>(Exit::failed);
}

}  // namespace soyuz::app

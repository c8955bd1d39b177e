#include "app/command_line.hpp"

#include <exception>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "app/config.hpp"
#include "app/failure.hpp"
#include "app/server.hpp"
#include "app/version.hpp"
#include "base/log.hpp"
#include "judge/commands.hpp"
#include "judge/engine.hpp"

namespace soyuz::app {

namespace {

/// What the words of the offline commands are read into.
struct Words {
    std::string data = "data", uploads = "uploads";
    std::string kept_uploads;
    std::string file, folder, username, role = "member", display_name, email;
};

void add_folder_commands(CLI::App& app, Words& words, int& code) {
    auto* const check = app.add_subcommand("check", "Examine a data folder, change nothing");
    check->add_option("folder", words.folder, "Data folder")->required();
    check->callback([&] { code = check_folder(words.folder); });

    auto* const backup = app.add_subcommand("backup", "Write a data folder as a tar file, also while its server runs");
    backup->add_option("folder", words.folder, "Data folder")->required();
    backup->add_option("file", words.file, "Tar file to write")->required();
    auto const add_uploads = [&](CLI::App* command) {
        command->add_option("--uploads", words.kept_uploads, "Folder of pictures and files; else `uploads` beside it");
    };
    add_uploads(backup);
    backup->callback([&] { code = back_up(words.folder, words.file, words.kept_uploads); });

    auto* const restore = app.add_subcommand("restore", "Unpack a backup into a new data folder");
    restore->add_option("file", words.file, "Tar file to read")->required();
    restore->add_option("folder", words.folder, "Data folder, absent or empty")->required();
    add_uploads(restore);
    restore->callback([&] { code = restore_backup(words.file, words.folder, words.kept_uploads); });

    auto* const import = app.add_subcommand("import", "Take over accounts and bans of a server with one room");
    import->add_option("folder", words.folder, "Folder with users.json")->required();
    import->add_option("--data", words.data, "Data folder")->capture_default_str();
    import->add_option("--uploads", words.uploads, "Folder of pictures and files")->capture_default_str();
    import->callback([&] { code = import_folder(words.folder, words.data, words.uploads, std::cout);
});
}  // namespace

void add_user_commands(CLI::App& app, Words& words, int& code) {
    auto* const user = app.add_subcommand("user", "Administer the accounts of a data folder, without a server");
    user->require_subcommand(1);
    auto const add = [&](char const* name, char const* help, bool names_one) {
        auto* const command = user->add_subcommand(name, help);
        command->add_option("--data", words.data, "Data folder")->capture_default_str();
        if (names_one) command->add_option("username", words.username, "User name")->required();
        return command;
    };
    auto* const make = add("add", "Make an account; the password comes from the terminal or standard input", true);
    make->add_option("--role", words.role, "owner, admin, moderator, member or guest")->capture_default_str();
    make->add_option("--display-name", words.display_name, "Name that others see");
    make->add_option("--email", words.email, "E-mail address");
    make->callback([&] { code = add_user(words.data, words.username, words.role, words.display_name, words.email); });

    add("passwd", "Set a password; ends the account's sessions", true)->callback([&] {
        code = change_user_password(words.data, words.username);
    });

    auto* const role = add("role", "Set a role; ends the account's sessions", true);
    role->add_option("role", words.role, "owner, admin, moderator, member or guest")->required();
    role->callback([&] { code = change_user_role(words.data, words.username, words.role); });

    add("list", "List the accounts", false)->callback([&] { code = list_users(words.data, std::cout); });
}

int moderate_lines(judge::EngineOptions const& options) {
    auto engine = judge::Engine::open(options);
    if (!engine) throw Failure(Exit::bad_setting, engine.error().message);
    std::ios::sync_with_stdio(false);
    return judge::moderate(std::cin, std::cout, **engine);
}

void add_moderation_commands(CLI::App& app, judge::TrainOptions& training, judge::EngineOptions& judging, int& code) {
    auto* const train = app.add_subcommand("train", "Train the text classifier from CSV files (text,label)");
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

/// The first line of what CLI11 has to say, whose messages may have several.
std::string first_line(std::string const& text) { return text.substr(0, text.find('\n')); }

}  // namespace soyuz::app

int run(int argc, char** argv) try {
    CLI::App app{"Soyuz, a chat server"};
    app.name("soyuz");
    app.require_subcommand(0, 1);
    ServeOptions options(app);
    bool show_version = false;
    app.add_flag("--version", show_version, "Print the version");

    int code = 0;
    // `soyuz serve --port 80` and `soyuz --port 80` are the same: what `serve` doesn't know falls through.
    auto* const serve_command = app.add_subcommand("serve", "Start the server (the default command)");
    serve_command->fallthrough();
    auto* const version_command = app.add_subcommand("version", "Print the version");
    Words words;
    add_folder_commands(app, words, code);
    add_user_commands(app, words, code);
    judge::TrainOptions training;
    judge::EngineOptions judging;
    add_moderation_commands(app, training, judging, code);

    // The offline commands say little; the server sets the level it was told.
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

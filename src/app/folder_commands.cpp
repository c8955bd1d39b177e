#include <iostream>

#include "app/commands.hpp"
#include "app/failure.hpp"
#include "store/maintenance.hpp"

namespace soyuz::app {

int check_folder(std::filesystem::path const& data) {
    if (!std::filesystem::is_directory(data)) throw Failure(Exit::usage, data.string() + " is no folder");
    auto const report = store::check(data);
    for (auto const& line : report.lines) std::cout << line << '\n';
    if (report.lines.empty()) std::cout << "clean\n";
    return static_cast<int>(report.state);
}

int back_up(std::filesystem::path const& data, std::filesystem::path const& tar) {
    if (!std::filesystem::is_directory(data)) throw Failure(Exit::usage, data.string() + " is no folder");
    auto const done = store::backup(data, tar);
    if (!done) throw Failure(Exit::cannot_create, "no backup was made: " + done.error().message);
    return 0;
}

int restore_backup(std::filesystem::path const& tar, std::filesystem::path const& data) {
    auto const done = store::restore(tar, data);
    if (!done) throw Failure(Exit::cannot_create, "nothing was restored: " + done.error().message);
    return 0;
}

}  // namespace soyuz::app

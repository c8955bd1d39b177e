#include <iostream>

#include "app/failure.hpp"
#include "app/offline/commands.hpp"
#include "app/offline/folder_owner.hpp"
#include "store/backup.hpp"
#include "store/check.hpp"
#include "store/restore.hpp"

namespace soyuz::app {

std::filesystem::path uploads_beside(std::filesystem::path const& data) {
    auto folder = std::filesystem::absolute(data).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();
    return folder.parent_path() / "uploads";
}

int check_folder(std::filesystem::path const& data) {
    if (!std::filesystem::is_directory(data)) throw Failure(Exit::usage, data.string() + " is no folder");
    become_owner_of(data);
    auto const report = store::check(data);
    for (auto const& line : report.lines) std::cout << line << '\n';
    if (report.lines.empty()) std::cout << "clean\n";
    return static_cast<int>(report.state);
}

int back_up(std::filesystem::path const& data, std::filesystem::path const& tar, std::filesystem::path uploads) {
    if (!std::filesystem::is_directory(data)) throw Failure(Exit::usage, data.string() + " is no folder");
    if (!uploads.empty() && !std::filesystem::is_directory(uploads))
        throw Failure(Exit::usage, uploads.string() + " is no folder");
    if (uploads.empty() && std::filesystem::is_directory(uploads_beside(data))) uploads = uploads_beside(data);
    become_owner_of(data);
    auto const done = store::backup(data, tar, uploads);
    if (!done) throw Failure(Exit::cannot_create, "no backup was made: " + done.error().message);
    std::cout << "backed up " << data.string() << (uploads.empty() ? " without uploads" : " and " + uploads.string())
              << '\n';
    return 0;
}

int restore_backup(std::filesystem::path const& tar, std::filesystem::path const& data, std::filesystem::path uploads) {
    if (uploads.empty()) uploads = uploads_beside(data);
    become_owner_of(data);
    auto const done = store::restore(tar, data, uploads);
    if (!done) throw Failure(Exit::cannot_create, "nothing was restored: " + done.error().message);
    return 0;
}

}  // namespace soyuz::app

#include <istream>
#include <ostream>
#include <string>

#include "app/failure.hpp"
#include "app/offline/commands.hpp"
#include "app/offline/folder_owner.hpp"
#include "store/files.hpp"
#include "store/folder_lock.hpp"

namespace soyuz::app {

namespace {

std::string name_of(std::filesystem::path const& data) {
    auto folder = std::filesystem::absolute(data).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();
    return folder.filename().string();
}

/// Only what a server has written is emptied: a slip of the pen must not cost a home folder.
bool is_data_folder(std::filesystem::path const& data) {
    return std::filesystem::is_directory(data / "journal") && std::filesystem::exists(data / "LOCK");
}

}  // namespace

int reset_folder(std::filesystem::path const& data, std::string yes, std::istream& in, std::ostream& said) {
    if (!std::filesystem::is_directory(data)) throw Failure(Exit::usage, data.string() + " is no folder");
    if (!is_data_folder(data)) throw Failure(Exit::usage, data.string() + " is not a data folder of Soyuz");
    auto const name = name_of(data);
    if (yes.empty()) {
        said << "This removes all accounts, rooms and messages in " << data.string()
             << ".\nType the name of the folder (" << name << ") to go on: " << std::flush;
        std::getline(in, yes);
    }
    if (yes != name) throw Failure(Exit::usage, "nothing was removed: the name of the folder is " + name);
    become_owner_of(data);
    store::FolderLock::Failure failure;
    auto const lock = store::FolderLock::take(store::system_files(), data, failure);
    if (!lock) throw Failure(Exit::cannot_create, failure.message);
    for (auto const& entry : std::filesystem::directory_iterator(data)) {
        if (entry.path().filename() == "LOCK") continue;
        std::error_code fault;
        std::filesystem::remove_all(entry.path(), fault);
        if (fault) throw Failure(Exit::cannot_create, entry.path().string() + ": " + fault.message());
    }
    said << "emptied " << data.string() << '\n';
    return 0;
}

}  // namespace soyuz::app

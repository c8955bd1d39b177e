#include "store/folder_lock.hpp"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "base/json_reader.hpp"

namespace soyuz::store {
namespace {

std::string read_holder(Files& files, int file) {
    std::string text;
    read_range(files, file, 0, 20, text);
    text.erase(text.find_last_not_of('\n') + 1);
    return base::parse_number(text) ? text : "unknown";
}

}  // namespace

std::unique_ptr<FolderLock> FolderLock::take(Files& files, Path const& folder, Failure& failure) {
    int const file = files.open(folder / "LOCK", O_RDWR | O_CREAT);
    if (file < 0) {
        failure.message = "The data folder " + folder.string() + " can't be used: " + error_text(file);
        return nullptr;
    }
    int error = files.lock(file);
    if (error == -EWOULDBLOCK) {
        failure.is_held = true;
        failure.message =
            "The data folder " + folder.string() + " is in use by process " + read_holder(files, file) + ".";
        files.close(file);
        return nullptr;
    }
    if (error == 0) error = files.truncate(file, 0);
    if (error == 0) error = write_all(files, file, std::to_string(::getpid()) + '\n');
    if (error < 0) {
        failure.message = "The data folder " + folder.string() + " can't be locked: " + error_text(error);
        files.close(file);
        return nullptr;
    }
    return std::unique_ptr<FolderLock>{new FolderLock{files, file}};
}

std::optional<std::string> FolderLock::holder(Files& files, Path const& folder) {
    OpenFile file{files, folder / "LOCK", O_RDONLY};
    if (!file.ok() || files.lock(file.get()) != -EWOULDBLOCK) return std::nullopt;
    return read_holder(files, file.get());
}

}  // namespace soyuz::store

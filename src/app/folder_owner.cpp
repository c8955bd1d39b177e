#include "app/folder_owner.hpp"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/failure.hpp"

namespace soyuz::app {

void become_owner_of(std::filesystem::path const& folder) {
    if (::geteuid() != 0) return;
    auto place = std::filesystem::absolute(folder).lexically_normal();
    struct stat found {};
    // Not through a link: whoever may lay it must not choose whom we become.
    while (::lstat(place.c_str(), &found) != 0 && place.has_relative_path()) place = place.parent_path();
    if (found.st_uid == 0) return;
    if (::setgroups(0, nullptr) != 0 || ::setgid(found.st_gid) != 0 || ::setuid(found.st_uid) != 0)
        throw Failure(Exit::failed, "the rights of the owner of " + place.string() + " can't be taken");
}

}  // namespace soyuz::app

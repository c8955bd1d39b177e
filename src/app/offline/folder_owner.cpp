#include "app/offline/folder_owner.hpp"

#include <deque>

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/failure.hpp"

namespace soyuz::app {

namespace {

constexpr int most_links = 40;

}  // namespace

std::optional<Owner> first_owner_beside_root(std::filesystem::path const& folder) {
    auto const whole = std::filesystem::absolute(folder);
    std::deque<std::filesystem::path> ahead{whole.begin(), whole.end()};
    std::filesystem::path place{"/"};
    int links = 0;
    while (!ahead.empty()) {
        auto const part = ahead.front();
        ahead.pop_front();
        if (part.empty() || part == "." || part == "/") continue;
        if (part == "..") {
            place = place.parent_path();
            continue;
        }
        struct stat found {};
        // The link itself, not what it leads to: whoever laid it must not choose whom we become.
        if (::lstat((place / part).c_str(), &found) != 0) return std::nullopt;
        if (found.st_uid != 0) return Owner{found.st_uid, found.st_gid};
        if (!S_ISLNK(found.st_mode)) {
            place /= part;
            continue;
        }
        std::error_code fault;
        auto const target = std::filesystem::read_symlink(place / part, fault);
        if (fault || ++links > most_links) throw Failure(Exit::failed, (place / part).string() + " leads in a circle");
        if (target.is_absolute()) place = "/";
        ahead.insert(ahead.begin(), target.begin(), target.end());
    }
    return std::nullopt;
}

void become_owner_of(std::filesystem::path const& folder) {
    if (::geteuid() != 0) return;
    auto const owner = first_owner_beside_root(folder);
    if (!owner) return;
    if (::setgroups(0, nullptr) != 0 || ::setgid(owner->group) != 0 || ::setuid(owner->user) != 0)
        throw Failure(Exit::failed, "the rights of the owner of " + folder.string() + " can't be taken");
}

}  // namespace soyuz::app

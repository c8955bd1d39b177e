#pragma once

#include <filesystem>
#include <optional>

#include <sys/types.h>

namespace soyuz::app {

struct Owner {
    uid_t user = 0;
    gid_t group = 0;
};

/// Who but the superuser decides where a path leads: the owner of its first part, link or folder, that is not the
/// superuser's. Links of the superuser's are followed. None where all of it is theirs, as far as there is something.
/// Throws Failure where links lead in a circle.
std::optional<Owner> first_owner_beside_root(std::filesystem::path const& folder);

/// Where the superuser runs a command on a folder of somebody else, the process becomes that owner for good: links that
/// the owner may have laid anywhere on the way or in the folder lead to nothing that the owner couldn't reach. Does
/// nothing for anybody else. Throws Failure where it can't.
void become_owner_of(std::filesystem::path const& folder);

}  // namespace soyuz::app

#pragma once

#include <filesystem>

namespace soyuz::app {

/// Where the superuser runs a command on a folder of somebody else, the process becomes that owner for good: links that
/// the owner may have laid there lead to nothing that the owner couldn't reach. Of a path that does not exist yet the
/// nearest folder above counts. Does nothing for anybody else. Throws Failure where it can't.
void become_owner_of(std::filesystem::path const& folder);

}  // namespace soyuz::app

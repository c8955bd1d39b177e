#pragma once

namespace soyuz::media {

/// From now on this process computes, reads and writes what it holds already, and does nothing else: no file, no
/// socket, no other process, no new privilege (rlimits, PR_SET_NO_NEW_PRIVS, seccomp). False where the kernel refuses:
/// then it must not go on.
bool enter_box();

}  // namespace soyuz::media

#include "control.hpp"

#include <cstdlib>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace soyuz::faults {

namespace {

Control volatile* open_control() {
    static Control none;
    char const* const path = std::getenv("SOYUZ_FAULTS_CONTROL");
    if (path == nullptr) return &none;
    // Not through open(2) as libc has it: that one is ours, and it asks us.
    auto const file = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0));
    if (file < 0) return &none;
    void* const mapped = ::mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::syscall(SYS_close, file);
    return mapped == MAP_FAILED ? &none : static_cast<Control*>(mapped);
}

}  // namespace

Control volatile* control() {
    static Control volatile* const opened = open_control();
    return opened;
}

}  // namespace soyuz::faults

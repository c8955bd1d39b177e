#pragma once

#include <dlfcn.h>

namespace soyuz::faults {

/// The function that the system has under this name, behind ours.
template <class Function>
Function* real(char const* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace soyuz::faults

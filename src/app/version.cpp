#include "app/version.hpp"

namespace soyuz::app {

std::string version() { return SOYUZ_VERSION; }

}  // namespace soyuz::app

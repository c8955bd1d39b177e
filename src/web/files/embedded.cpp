#include "web/files/embedded.hpp"

#include <algorithm>

namespace soyuz::web {

EmbeddedFile const* find_embedded(std::string_view name) {
    auto const files = embedded_files();
    auto const found =
        std::lower_bound(files.begin(), files.end(), name,
                         [](EmbeddedFile const& file, std::string_view wanted) { return file.name < wanted; });
    return found != files.end() && found->name == name ? &*found : nullptr;
}

}  // namespace soyuz::web

#pragma once

#include <string_view>

namespace soyuz::web {

/// The file that the address of an upload names, "" where it is none of ours.
std::string_view file_of_url(std::string_view url, std::string_view base_url);

}  // namespace soyuz::web

#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace soyuz::jinja {

/// A function of the program that templates may call: the positional arguments and the variant of the rendering (for
/// example the language of the page) in, a value out.
using HostFunction =
    std::function<nlohmann::json(std::vector<nlohmann::json> const& arguments, std::string_view variant)>;

}  // namespace soyuz::jinja

#pragma once

#include "template/values/objects.hpp"

namespace soyuz::jinja {

/// Looks up "name", "address.city" or "authors.0" in items, as the filters' parameter `attribute` names it.
class AttributePath {
public:
    /// Missing or none means the item itself.
    explicit AttributePath(Value const& attribute);
    Value of(Renderer& renderer, Value item, Value const& otherwise = {}) const;

private:
    std::vector<Value> parts_;
};

}  // namespace soyuz::jinja

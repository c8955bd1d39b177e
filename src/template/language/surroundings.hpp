#pragma once

#include <utility>

#include "template/language/syntax.hpp"

namespace soyuz::jinja {

/// What the tags around the place where the parser stands mean for it.
struct Surroundings {
    Escaping escaping = Escaping::on;
    bool in_conditional = false;  ///< where unknown filters and tests matter only when they are reached
    bool checks_parent = true;    ///< what is printed here is dropped when there is a parent
};

/// Gives something another value while it lives.
template <class Kept>
class Meanwhile {
public:
    Meanwhile(Kept& place, Kept value) : place_(place), before_(std::exchange(place, std::move(value))) {}
    ~Meanwhile() { place_ = std::move(before_); }
    Meanwhile(Meanwhile const&) = delete;
    Meanwhile& operator=(Meanwhile const&) = delete;

private:
    Kept& place_;
    Kept before_;
};

}  // namespace soyuz::jinja

#pragma once

#include <utility>

namespace soyuz::jinja {

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

#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/histogram.hpp"

namespace soyuz::base {

/// Writes figures in Prometheus' text format (exposition format 0.0.4). All names get the prefix `soyuz_` but those
/// that begin with `process_`, which every program calls alike.
class Exposition {
public:
    explicit Exposition(std::string& to) : to_(to) {}

    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    void gauge(std::string_view name, std::string_view help, double value) { single(name, "gauge", help, value); }
    void counter(std::string_view name, std::string_view help, double value) { single(name, "counter", help, value); }
    /// Begins a family whose samples differ by labels.
    void family(std::string_view name, std::string_view kind, std::string_view help);
    void sample(std::string_view name, Labels labels, double value);
    /// `parts`: how many of the histogram's numbers make one of what is written, for example 1e6 for microseconds
    /// written as seconds.
    void histogram(std::string_view name, std::string_view help, Histogram::Snapshot const& counted, double parts);

private:
    void single(std::string_view name, std::string_view kind, std::string_view help, double value);
    void append_name(std::string_view name);

    std::string& to_;
};

}  // namespace soyuz::base

#include "base/exposition.hpp"

#include <catch2/catch.hpp>

using namespace soyuz::base;

TEST_CASE("a value is counted under the first bound that is not below it") {
    Histogram histogram({10, 100});
    for (std::uint64_t const value : {0, 10, 11, 100, 101, 5'000}) histogram.record(value);
    auto const counted = histogram.snapshot();
    CHECK(counted.bounds == std::vector<std::uint64_t>{10, 100});
    CHECK(counted.counts == std::vector<std::uint64_t>{2, 2, 2});
    CHECK(counted.sum == 5'222);
}

TEST_CASE("figures are written as Prometheus reads them") {
    std::string text;
    Exposition out{text};
    out.gauge("writable", "1 while changes can be saved.", 1);
    out.counter("process_cpu_seconds_total", "Processor time used.", 0.25);
    out.family("build_info", "gauge", "What runs.");
    out.sample("build_info", {{"version", "a\"b\\c\nd"}, {"kind", "dev"}}, 1e9);
    Histogram histogram({250, 1'000, 25'000, 100'000});
    for (std::uint64_t const value : {100, 900, 2'000}) histogram.record(value);
    out.histogram("fsync_seconds", "Fsyncs.", histogram.snapshot(), 1e6);
    CHECK(text == R"(# HELP soyuz_writable 1 while changes can be saved.
# TYPE soyuz_writable gauge
soyuz_writable 1
# HELP process_cpu_seconds_total Processor time used.
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total 0.25
# HELP soyuz_build_info What runs.
# TYPE soyuz_build_info gauge
soyuz_build_info{version="a\"b\\c\nd",kind="dev"} 1e+09
# HELP soyuz_fsync_seconds Fsyncs.
# TYPE soyuz_fsync_seconds histogram
soyuz_fsync_seconds_bucket{le="0.00025"} 1
soyuz_fsync_seconds_bucket{le="0.001"} 2
soyuz_fsync_seconds_bucket{le="0.025"} 3
soyuz_fsync_seconds_bucket{le="0.1"} 3
soyuz_fsync_seconds_bucket{le="+Inf"} 3
soyuz_fsync_seconds_sum 0.003
soyuz_fsync_seconds_count 3
)");
}

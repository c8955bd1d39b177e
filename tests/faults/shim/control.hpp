#pragma once

#include <cstdint>

namespace soyuz::faults {

/// What the test that started the server may change while it runs: a file that both have mapped (SOYUZ_FAULTS_CONTROL).
/// tests/faults/support/shim.mjs knows the order of the members.
struct Control {
    std::int32_t sync_error = 0;      ///< errno that fsync and fdatasync below the data folder end with; 0: none
    std::int32_t write_error = 0;     ///< errno that write ends with there
    std::int32_t sync_delay_ms = 0;   ///< added to each of these fsyncs
    std::int32_t failed_syncs = 0;    ///< counted by the shim
    std::int64_t clock_offset_s = 0;  ///< added to the time of day; the monotonic clock stays as it is
};

/// Never null: all zeros where no file was named.
Control volatile* control();

}  // namespace soyuz::faults

#pragma once

#include "store/checkpointer.hpp"
#include "store/message_files.hpp"
#include "store/quarantine.hpp"
#include "store/state.hpp"

namespace soyuz::store {

/// Reads, once after a start, what the start itself did not need: old messages, logs, previous generations and the
/// journal behind the mark. Damage is set aside, and the files are made whole again.
class DamageScan {
public:
    DamageScan(Files& files, Path folder, MessageFiles const& messages, Quarantine& quarantine, SharedState& shared,
               Checkpointer& checkpointer)
        : files_(files),
          folder_(std::move(folder)),
          messages_(messages),
          quarantine_(quarantine),
          shared_(shared),
          checkpointer_(checkpointer) {}

    /// For the checkpointer's thread: ends early where that stops.
    void run();

private:
    bool scan_messages();
    void scan_logs();

    Files& files_;
    Path const folder_;
    MessageFiles const& messages_;
    Quarantine& quarantine_;
    SharedState& shared_;
    Checkpointer& checkpointer_;
};

}  // namespace soyuz::store

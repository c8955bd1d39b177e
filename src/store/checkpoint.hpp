#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "store/documents.hpp"
#include "store/files.hpp"
#include "store/message_files.hpp"
#include "store/state.hpp"

namespace soyuz::store {

/// What has changed since the last checkpoint, as it stood after journal record `number`. Commits go on meanwhile.
struct Frozen {
    struct FrozenCollection {
        std::string name;
        std::uint64_t written;
        bool has_file;
        bool is_copy;  ///< only the previous generation is behind
        Documents documents;
    };
    struct FrozenRoom {
        std::string id;
        std::uint64_t life;
        MessageFiles::Changes changes;
    };
    struct FrozenLog {
        std::string name;
        std::uint64_t bytes;
        std::vector<Text> lines;
    };

    std::uint64_t number = 0;
    bool is_full = false;  ///< every file in both generations, so that nothing depends on the journal any more
    std::vector<FrozenCollection> collections;
    std::vector<FrozenRoom> rooms;
    std::vector<FrozenLog> logs;
    CheckpointMark mark;  ///< of what stays as it is; completed as the rest is written
};

/// Is there anything that only the journal has?
bool has_changes(State const& state);

/// Copies what has changed; the texts themselves are shared.
Frozen freeze(State const& state, std::uint64_t number, bool is_full);

/// Writes what was frozen, and tells the state of every part that is durable. 0 or a negated errno: then the parts
/// that are left belong to the next checkpoint.
int write_frozen(Files& files, Path const& data, MessageFiles& messages, Frozen& frozen, SharedState& shared);

}  // namespace soyuz::store

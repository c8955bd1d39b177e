#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "store/files.hpp"
#include "store/seal.hpp"
#include "store/state.hpp"

/// The readable files: <collection>.json, and checkpoint.json, which says up to where the others stand.
namespace soyuz::store {

using Documents = std::map<std::string, Text>;

/// A collection's file as of journal record `number`, one document a line, in order of their ids.
std::string print_collection(std::string_view name, std::uint64_t number, Documents const& documents);

struct ReadCollection {
    OpenedDocument::State state = OpenedDocument::State::damaged;
    std::uint64_t number = 0;
    Documents documents;
};
ReadCollection parse_collection(std::string_view name, std::string_view file);

/// Where a checkpoint left the files that only grow.
struct CheckpointMark {
    struct RoomMark {
        Seq last = 0;
        std::uint64_t bytes = 0;  ///< of the newest segment
    };
    std::uint64_t number = 0;  ///< the last journal record that all files contain
    std::map<std::string, RoomMark> rooms;
    std::map<std::string, std::uint64_t> logs;  ///< bytes
};

std::string print_mark(CheckpointMark const& mark);

struct ReadMark {
    OpenedDocument::State state = OpenedDocument::State::damaged;
    CheckpointMark mark;
};
ReadMark parse_mark(std::string_view file);

/// Where a file's previous generation is kept: previous/<name>.
Path previous_path(Path const& file);

}  // namespace soyuz::store

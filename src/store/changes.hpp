#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/store.hpp"

/// Changes as records of the journal.
namespace soyuz::store {

/// One record: a batch with the places that its messages got.
struct Record {
    std::uint64_t number = 0;
    Batch batch;
    std::vector<Seq> seqs;  ///< of the batch's AppendMessages, in order
};

inline constexpr std::string_view record_head = "{\"n\":";

/// Refuses what could not be read back: names that are no plain file names, texts that are no JSON object on one line.
base::Result<void> check_batch(Batch const& batch);

/// The text that a change brings, or nothing.
std::string const* text_of(Change const& change);

/// Collections and logs: a–z and _, up to 64.
bool is_plain_name(std::string_view name);

/// Rooms: letters, digits, - and _, up to 64.
bool is_room_name(std::string_view name);

/// Appends the sealed line of a record. `seqs` as in Record.
void append_record(std::string& out, std::uint64_t number, Batch const& batch, std::vector<Seq> const& seqs);

/// Reads what `open_line` gave.
std::optional<Record> parse_record(std::string_view opened);

}  // namespace soyuz::store

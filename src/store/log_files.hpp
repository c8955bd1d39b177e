#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/files.hpp"
#include "store/quarantine.hpp"
#include "store/state.hpp"

/// The files <log>.jsonl: a sealed line an entry, oldest first.
namespace soyuz::store {

Path log_path(Path const& data, std::string const& log);

/// Appends lines after the first `bytes` of a log; what an unfinished checkpoint left after them is cut off. `bytes`
/// grows by what is durable. 0 or a negated errno.
int append_to_log(Files& files, Path const& path, std::vector<Text> const& lines, std::uint64_t& bytes);

/// The newest `limit` intact lines within the first `bytes`, newest first.
std::vector<std::string> newest_log_lines(Files& files, Path const& path, std::uint64_t bytes, std::size_t limit);

/// Sets damaged lines within the first `bytes` of a log aside, and puts lines of the same length in their place that
/// are no entries: the file keeps its length, which a checkpoint's mark relies on. 0 or a negated errno.
int blank_damaged_lines(Files& files, Path const& path, std::uint64_t bytes, Quarantine& quarantine);

/// Calls `good` for each entry, and `bad` for each damaged line of a log's text.
void each_log_line(std::string_view text, std::function<void(std::size_t at, std::string line)> const& good,
                   std::function<void(std::size_t at, std::string_view line)> const& bad);

}  // namespace soyuz::store

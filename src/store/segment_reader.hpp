#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/files.hpp"
#include "store/store.hpp"

namespace soyuz::store {

/// Reads messages out of one segment file without reading the rest of it, and without an index: lines ascend, so the
/// place of one is guessed from the length of those before it, and the guess is mended after a look.
class SegmentReader {
public:
    /// `segment` is the first place, `places` how many there are at most, `size` how much of `file` counts.
    SegmentReader(Files& files, int file, std::uint64_t size, Seq segment, Seq places)
        : files_(files), file_(file), size_(size), segment_(segment), places_(places) {}

    enum class Outcome {
        complete,
        irregular,  ///< a line on the way is damaged or out of order: read the whole segment instead
        failed,     ///< `error` says why
    };
    /// Appends the messages with first <= seq <= last, ascending.
    Outcome read(Seq first, Seq last, std::vector<StoredMessage>& messages);

    int error() const { return error_; }  ///< a negated errno

private:
    struct Line {
        std::uint64_t at = 0;
        Seq seq = 0;
    };

    std::optional<std::uint64_t> begin_of(Seq first);
    std::optional<Line> line_after(std::uint64_t at, std::uint64_t end);

    Files& files_;
    int const file_;
    std::uint64_t const size_;
    Seq const segment_;
    Seq const places_;
    int error_ = 0;
    std::string look_;
};

/// Place and body of a message out of its opened line.
std::optional<std::pair<Seq, std::string>> parse_message(std::string_view opened);

/// What every line of a message begins with.
inline constexpr std::string_view message_head = "{\"seq\":";

}  // namespace soyuz::store

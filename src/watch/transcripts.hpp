#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace soyuz::watch {

/// A piece of what was said, as a machine heard it.
struct Spoken {
    struct Word {
        std::string text;
        double confidence = 0;
    };
    base::Timestamp at{};
    std::string text;
    double seconds = 0;
    std::vector<Word> words;
};

/// What was said in streams, by stream and day: `<folder>/<stream>/<year>-<month>-<day>.jsonl`. Thread-safe; blocks on
/// the disk.
class Transcripts {
public:
    /// Nothing is kept where `folder` is empty.
    explicit Transcripts(std::filesystem::path folder) : folder_(std::move(folder)) {}

    void add(std::string_view stream, Spoken const& spoken);
    /// The newest `limit` before a moment, oldest first; those that hold all words of `wanted` where it isn't empty.
    std::vector<Spoken> read(std::string_view stream, std::optional<base::Timestamp> before, std::size_t limit,
                             std::string_view wanted = {}) const;
    /// Days that ended before `oldest` go.
    void sweep(base::Timestamp oldest);
    void remove_all(std::string_view stream);

private:
    std::filesystem::path const folder_;
    mutable std::mutex mutex_;  ///< held while a file is written or read
};

}  // namespace soyuz::watch

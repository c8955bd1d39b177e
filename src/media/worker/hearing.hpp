#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace soyuz::media {

/// Understands English speech, as far as a machine does (pocketsphinx). Not thread-safe. Reads its model when it is
/// made: before the box is entered.
class Hearing {
public:
    static constexpr int samples_per_second = 16'000;
    /// `said` gets `{text, seconds, words:[{w, p}]}` for each thing that was said.
    explicit Hearing(std::function<void(std::string const&)> said);
    ~Hearing();
    bool is_ready() const;
    void hear(std::span<std::int16_t const> samples);
    /// What was being said ends here.
    void end();

private:
    struct Recogniser;
    std::unique_ptr<Recogniser> const recogniser_;
    std::function<void(std::string const&)> const said_;
    std::size_t heard_ = 0;  ///< samples since the present thing began
    bool is_speaking_ = false;
};

}  // namespace soyuz::media

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// What libFuzzer (https://llvm.org/docs/LibFuzzer.html) and replay.cpp call. A target ends the process where the
/// product breaks a promise; both then show which bytes did it.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace soyuz::fuzz {

/// Ends the process with `promise` unless it `holds`.
inline void must(bool holds, char const* promise) {
    if (holds) return;
    std::fprintf(stderr, "broken promise: %s\n", promise);
    std::abort();
}

inline std::string_view text_of(std::uint8_t const* data, std::size_t size) {
    return {reinterpret_cast<char const*>(data), size};
}

/// Lengths of pieces, from 1 byte on, the same for the same input: a cut may fall anywhere, mostly near the last one.
class Cuts {
public:
    explicit Cuts(std::string_view input) {
        for (char const letter : input) state_ = (state_ ^ static_cast<unsigned char>(letter)) * 1'099'511'628'211U;
    }
    std::size_t next() {
        state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
        auto const random = state_ >> 33U;
        return 1 + (random % 4 == 0 ? random / 4 % 200 : random / 4 % 5);
    }

private:
    std::uint64_t state_ = 14'695'981'039'346'656'037U;
};

}  // namespace soyuz::fuzz

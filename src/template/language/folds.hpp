#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace soyuz::jinja {

struct Statement;

/// What a body's statements always write, put together by the first rendering of each variant. Thread-safe.
class Folds {
public:
    static constexpr std::size_t max_variants = 16;

    /// Either text, or a statement that has to be executed.
    struct Piece {
        std::string text;
        Statement const* statement = nullptr;
    };
    using Pieces = std::vector<Piece>;

    Folds() = default;
    Folds(Folds const&) = delete;
    Folds& operator=(Folds const&) = delete;
    ~Folds() {
        for (auto const& pieces : known_) delete pieces.load();
    }

    /// Null before the first rendering.
    Pieces const* find(std::size_t variant) const { return known_[variant].load(std::memory_order_acquire); }
    /// Of several that render for the first time at once, one is kept.
    void keep(std::size_t variant, Pieces pieces) {
        auto const* const mine = new Pieces(std::move(pieces));
        Pieces const* none = nullptr;
        if (!known_[variant].compare_exchange_strong(none, mine, std::memory_order_acq_rel)) delete mine;
    }

private:
    std::array<std::atomic<Pieces const*>, max_variants> known_{};
};

}  // namespace soyuz::jinja

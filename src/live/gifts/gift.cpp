#include "live/gifts/gift.hpp"

namespace soyuz::live {

std::vector<GiftKind> const& gift_catalogue() {
    static std::vector<GiftKind> const kinds{
        {1, "🌹", "Rose"},   {2, "☕", "Tea"},     {3, "🍩", "Doughnut"}, {4, "🎈", "Balloon"},
        {5, "⭐", "Star"},   {6, "🎵", "Song"},    {7, "🧸", "Teddy"}, {8, "🎂", "Cake"},
        {9, "🏆", "Trophy"}, {10, "🚀", "Rocket"}, {11, "🦁", "Lion"}, {12, "💎", "Diamond"},
    };
    return kinds;
}

GiftKind const& gift_kind(std::uint32_t id) {
    auto const& kinds = gift_catalogue();
    return kinds[(id + kinds.size() - 1) % kinds.size()];
}

}  // namespace soyuz::live

#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "judge/classifier/features.hpp"
#include "judge/classifier/model.hpp"

namespace soyuz::judge {

struct WeightedBucket {
    std::uint32_t bucket;
    float value;
};

/// One training text as the solver sees it: each bucket once.
struct Row {
    std::vector<WeightedBucket> entries;
    std::unique_ptr<Features> features;  ///< kept of the texts that calibrate
    std::uint32_t place = 0;
    bool is_positive = false;
    bool calibrates = false;
};

/// Trains a head of 2^`bits` weights by logistic regression over the rows that do not calibrate. `by_class` (0 … 1) is
/// the share of a feature's importance that comes from how well it separates the classes. The same rows and seed give
/// the same head; its calibration is still to be fitted.
Head fit(std::vector<Row> const& rows, std::uint32_t bits, double cost, double by_class, unsigned seed);

/// Fits the calibration of `head` to the rows that are kept back for it.
void calibrate(Head& head, std::vector<Row> const& rows);

/// The same for a head that is read together with `partner`.
void calibrate_together(Head& head, std::vector<Row> const& rows, Head const& partner);

}  // namespace soyuz::judge

#pragma once

#include <vector>

namespace soyuz::judge {

/// A score and whether the text really was what the score says.
struct Scored {
    double score = 0;
    bool is_positive = false;
};

/// Area under the receiver operating characteristic; ties count half. 0.5 where a class is missing.
double roc_auc(std::vector<Scored> scored);

/// Average precision. 0 where there is no positive.
double pr_auc(std::vector<Scored> scored);

struct Rates {
    double precision = 0, recall = 0, f1 = 0, macro_f1 = 0;
};
Rates rates_at(std::vector<Scored> const& scored, double threshold);

}  // namespace soyuz::judge

#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace soyuz::judge {

/// One labelled text.
struct Sample {
    enum class Label { clean, toxic, ham, spam } label = Label::clean;
    std::string text;
    std::string source;    ///< where it is from; empty if the file does not say
    std::string place;     ///< what kind of place such texts are written in; as `source` if the file does not say
    std::string language;  ///< "en", "ur-Latn", …; empty if the file does not say
};

/// Reads CSV (RFC 4180) with a header that names the columns `text` and `label`, optionally `source`,
/// `place` and `lang`; others are passed over. Labels: 0, 1, ham, spam. Errors: invalid_value naming file and line.
base::Result<std::vector<Sample>> read_samples(std::string const& path);

}  // namespace soyuz::judge

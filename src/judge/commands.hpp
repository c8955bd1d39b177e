#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace soyuz::judge {

class Engine;

struct TrainOptions {
    std::vector<std::string> data;      ///< CSV files with a header; columns `text` and `label`, optionally `weight`
    std::string out;                    ///< the model file to write
    std::vector<std::string> held_out;  ///< CSV files that figures are reported on; not trained with
    unsigned seed = 1;
};

/// Trains the classifier and writes the model file and, beside it, `<out>.json` with the figures. The same data, seed
/// and program give the same bytes. Labels: 0 and 1 (toxic), or `ham` and `spam` for the spam head.
/// Prints progress on standard error. Gives an exit code of sysexits.h.
int train(TrainOptions const& options);

/// Reads one text a line, writes one verdict a line as JSON; `\n`, `\t` and `\\` in a line are not unescaped.
/// Gives 0, or 74 when `out` cannot be written.
int moderate(std::istream& in, std::ostream& out, Engine const& engine);

}  // namespace soyuz::judge

#include <istream>
#include <ostream>
#include <string>

#include "judge/commands.hpp"
#include "judge/engine.hpp"
#include "judge/verdict_json.hpp"

namespace soyuz::judge {

int moderate(std::istream& in, std::ostream& out, Engine const& engine) {
    constexpr int input_output_error = 74;
    std::string line;
    Occasion const occasion;
    while (std::getline(in, line)) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        out << to_json(engine.judge(line, occasion)) << '\n';
        // A program that talks to us through pipes waits for this line before it sends the next.
        if (in.rdbuf()->in_avail() <= 0) out.flush();
        if (!out) return input_output_error;
    }
    out.flush();
    return out ? 0 : input_output_error;
}

}  // namespace soyuz::judge

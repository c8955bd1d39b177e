// The judge with its built-in lists and model (src/judge): always a verdict, the same one each time, whose places
// lie within the text. And the watch words of a room, which an owner types.
#include <memory>
#include <string>

#include "base/text.hpp"
#include "fuzz/fuzz.hpp"
#include "judge/engine.hpp"

using namespace soyuz;
using fuzz::must;

namespace {

judge::Engine& engine() {
    static auto const opened = [] {
        auto result = judge::Engine::open();
        must(result.ok(), "the built-in lists and model are in order");
        return *std::move(result);
    }();
    return *opened;
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string const text{fuzz::text_of(data, size)};
    bool const is_utf8 = base::is_valid_utf8(text);
    auto const points = is_utf8 ? base::count_code_points(text) : text.size();
    for (auto const kind : {judge::Occasion::Kind::message, judge::Occasion::Kind::name}) {
        auto const verdict = engine().judge(text, {kind, {}, {}});
        must(verdict.score >= 0 && verdict.score <= 1, "a score is between 0 and 1");
        must(verdict.probability >= 0 && verdict.probability <= 1, "a probability is between 0 and 1");
        for (auto const& match : verdict.matches) {
            must(match.start <= match.end && match.end <= points, "a match lies within the text");
            must(!match.category.empty() && base::is_valid_utf8(match.term), "a match can be shown");
        }
        must(verdict.action == judge::Action::allow || !verdict.reasons.empty(), "what is not allowed has reasons");
        auto const again = engine().judge(text, {kind, {}, {}});
        must(again.action == verdict.action && again.score == verdict.score &&
                 again.matches.size() == verdict.matches.size(),
             "the same text gets the same verdict");
    }
    base::RoomId const room{"room"};
    if (!is_utf8 || size >= 200) return 0;
    if (auto words = judge::compile_watch_words({{text, judge::Action::flag, {}}})) {
        judge::RoomPolicy policy;
        policy.watch_words = *words;
        engine().set_policy(room, policy);
        engine().judge(text, {judge::Occasion::Kind::message, room, {}});
    }
    return 0;
}

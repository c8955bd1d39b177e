// The judge, with the built-in lists and model.
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "judge/engine.hpp"
#include "judge/reading/normaliser.hpp"
#include "judge/reading/vocabulary.hpp"

using namespace soyuz;

namespace {

constexpr std::string_view plain = "I think question 3 is about the river, can somebody check page 12?";
constexpr std::string_view disguised = "y0u 4re 5uch a st.u.p.i.d fооl, g3t l0st!!!";
constexpr std::string_view urdu = "yaar kal ka test bohat mushkil tha, kisi ne notes liye hain?";

std::string letter() {
    std::string text;
    while (text.size() < 2000) text.append(plain).append(" ");
    return text;
}

judge::Engine const& engine() {
    static auto const opened = *judge::Engine::open();
    return *opened;
}

void judge(benchmark::State& state, std::string const& text) {
    engine();
    for (auto _ : state) benchmark::DoNotOptimize(engine().judge(text, {}));
    state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK_CAPTURE(judge, plain, std::string{plain});
BENCHMARK_CAPTURE(judge, disguised, std::string{disguised});
BENCHMARK_CAPTURE(judge, roman_urdu, std::string{urdu});
BENCHMARK_CAPTURE(judge, letter_of_2000_bytes, letter());

void normalise(benchmark::State& state, std::string const& text) {
    auto const sources = judge::built_in_lexicons();
    auto const lexicon = *judge::Lexicon::compile(sources, judge::Vocabulary{});
    judge::ReadText read;
    for (auto _ : state) {
        judge::normalise(text, *lexicon, read);
        benchmark::DoNotOptimize(read.tokens.data());
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK_CAPTURE(normalise, plain, std::string{plain});
BENCHMARK_CAPTURE(normalise, disguised, std::string{disguised});
BENCHMARK_CAPTURE(normalise, letter_of_2000_bytes, letter());

}  // namespace

// Files that an owner edits or replaces (src/judge): a lexicon or a model is read, or refused with words. A model
// is given without its checksum.
#include <array>
#include <string>

#include "fuzz/fuzz.hpp"
#include "judge/classifier/features.hpp"
#include "judge/classifier/model.hpp"
#include "judge/lists/lexicon.hpp"
#include "judge/reading/normaliser.hpp"
#include "judge/reading/vocabulary.hpp"

using namespace soyuz;
using fuzz::must;

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string const text{fuzz::text_of(data, size)};
    auto const file = judge::parse_lexicon("list.json", text);
    if (!file) must(file.error().message.find("list.json") != std::string::npos, "an error names the file");
    std::array const sources{judge::LexiconSource{"list.json", text}};
    auto const compiled = judge::Lexicon::compile(sources, judge::Vocabulary{});
    must(file.ok() || !compiled.ok(), "what can't be read can't be compiled");
    if (compiled.ok()) {
        judge::ReadText read;
        judge::normalise(text.substr(0, 500), **compiled, read);
        judge::Findings findings;
        (*compiled)->find(read, findings);
    }
    auto whole = text;
    auto const sum = judge::hash_of(text);
    for (int shift = 0; shift < 64; shift += 8) whole += static_cast<char>(sum >> shift & 0xFFU);
    auto const model = judge::Model::read(whole);
    if (!model.ok()) return 0;
    must((*model)->bytes() == whole, "a model is written as it was read");
    judge::Features features;
    for (std::uint32_t i = 0; i < 40; ++i) {
        features.words.push_back({i * 0x9E37'79B9U, i});
        features.grams.push_back({i * 0x85EB'CA6BU, i});
        features.signals.push_back({i * 0xC2B2'AE35U, i});
    }
    auto const opinion = (*model)->opinion(features);
    must(opinion.toxic >= 0 && opinion.toxic <= 1 && opinion.spam >= 0 && opinion.spam <= 1,
         "a probability is between 0 and 1");
    return 0;
}

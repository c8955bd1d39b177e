#include "media/worker/hearing.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <nlohmann/json.hpp>

#ifdef SOYUZ_HAS_POCKETSPHINX
#include <pocketsphinx.h>
#include <sphinxbase/err.h>
#endif

namespace soyuz::media {

#ifdef SOYUZ_HAS_POCKETSPHINX

namespace {

constexpr std::size_t longest = Hearing::samples_per_second * 10;
constexpr std::size_t at_a_time = 2048;

}  // namespace

struct Hearing::Recogniser {
    Recogniser() {
        err_set_logfp(nullptr);
        std::string const model = SOYUZ_SPEECH_MODEL;
        config =
            cmd_ln_init(nullptr, ps_args(), 1, "-hmm", (model + "/en-us").c_str(), "-lm",
                        (model + "/en-us.lm.bin").c_str(), "-dict", (model + "/cmudict-en-us.dict").c_str(), nullptr);
        if (config != nullptr) decoder = ps_init(config);
        if (decoder != nullptr) ps_start_utt(decoder);
    }
    ~Recogniser() {
        if (decoder != nullptr) ps_free(decoder);
        if (config != nullptr) cmd_ln_free_r(config);
    }
    Recogniser(Recogniser const&) = delete;
    Recogniser& operator=(Recogniser const&) = delete;

    cmd_ln_t* config = nullptr;
    ps_decoder_t* decoder = nullptr;
};

Hearing::Hearing(std::function<void(std::string const&)> said)
    : recogniser_(std::make_unique<Recogniser>()), said_(std::move(said)) {}

Hearing::~Hearing() = default;

bool Hearing::is_ready() const { return recogniser_->decoder != nullptr; }

void Hearing::hear(std::span<std::int16_t const> samples) {
    if (!is_ready()) return;
    while (!samples.empty()) {
        auto const part = samples.first(std::min(samples.size(), at_a_time));
        samples = samples.subspan(part.size());
        ps_process_raw(recogniser_->decoder, part.data(), part.size(), 0, 0);
        heard_ += part.size();
        bool const is_speaking = ps_get_in_speech(recogniser_->decoder) != 0;
        bool const has_stopped = is_speaking_ && !is_speaking;
        is_speaking_ = is_speaking;
        if (has_stopped || heard_ >= longest) end();
    }
}

void Hearing::end() {
    if (!is_ready() || heard_ == 0) return;
    auto* const decoder = recogniser_->decoder;
    ps_end_utt(decoder);
    auto words = nlohmann::json::array();
    std::string text;
    for (auto* segment = ps_seg_iter(decoder); segment != nullptr; segment = ps_seg_next(segment)) {
        std::string_view word = ps_seg_word(segment);
        if (word.starts_with('<') || word.starts_with('[')) continue;
        // "read(2)" is another way to say "read".
        word = word.substr(0, word.find('('));
        auto const confidence = logmath_exp(ps_get_logmath(decoder), ps_seg_prob(segment, nullptr, nullptr, nullptr));
        words.push_back({{"w", word}, {"p", std::clamp(confidence, 0.0, 1.0)}});
        text += (text.empty() ? "" : " ") + std::string{word};
    }
    if (!text.empty()) {
        auto const seconds = static_cast<double>(heard_) / samples_per_second;
        said_(nlohmann::json{{"text", text}, {"seconds", seconds}, {"words", std::move(words)}}.dump());
    }
    heard_ = 0;
    is_speaking_ = false;
    ps_start_utt(decoder);
}

#else

struct Hearing::Recogniser {};
Hearing::Hearing(std::function<void(std::string const&)> said) : said_(std::move(said)) {}
Hearing::~Hearing() = default;
bool Hearing::is_ready() const { return false; }
void Hearing::hear(std::span<std::int16_t const>) {}
void Hearing::end() {}

#endif

}  // namespace soyuz::media

#include "judge/classifier/model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace soyuz::judge {
namespace {

using base::Code;
using base::Error;
using base::Result;

constexpr std::string_view magic = "soyuzmod";
constexpr std::uint32_t format = 3;
constexpr std::size_t passage = 12;  // words
constexpr std::size_t longest_without_passages = passage + 4;
constexpr std::uint32_t most_bits = 23;

void put(std::string& out, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(value >> shift & 0xff);
}

void put(std::string& out, float value) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    put(out, bits);
}

/// Reads little-endian numbers; after the end everything is zero and `failed`.
struct Source {
    std::string_view bytes;
    bool failed = false;

    std::string_view take(std::size_t count) {
        if (bytes.size() < count) {
            failed = true;
            return {};
        }
        auto const taken = bytes.substr(0, count);
        bytes.remove_prefix(count);
        return taken;
    }
    std::uint32_t number() {
        auto const raw = take(4);
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < raw.size(); ++i)
            value |= static_cast<std::uint32_t>(static_cast<unsigned char>(raw[i])) << (8 * i);
        return value;
    }
    float real() {
        auto const bits = number();
        float value = 0;
        std::memcpy(&value, &bits, sizeof value);
        failed = failed || !std::isfinite(value);
        return value;
    }
};

void put(std::string& out, Head const& head) {
    put(out, head.bits);
    put(out, head.scale);
    put(out, head.bias);
    put(out, head.slope);
    put(out, head.peak_slope);
    put(out, head.offset);
    put(out, head.partner_slope);
    out.append(reinterpret_cast<char const*>(head.weights.data()), head.weights.size());
}

Head take_head(Source& source) {
    Head head;
    head.bits = source.number();
    head.scale = source.real();
    head.bias = source.real();
    head.slope = source.real();
    head.peak_slope = source.real();
    head.offset = source.real();
    head.partner_slope = source.real();
    if (head.bits == 0) return head;
    if (head.bits > most_bits) {
        source.failed = true;
        return head;
    }
    auto const raw = source.take(std::size_t{1} << head.bits);
    head.weights.reserve(raw.size());
    for (char const weight : raw) head.weights.push_back(static_cast<std::int8_t>(weight));
    return head;
}

void put(std::string& out, std::vector<std::uint32_t> const& words) {
    put(out, static_cast<std::uint32_t>(words.size()));
    for (auto word : words) put(out, word);
}

std::vector<std::uint32_t> take_words(Source& source) {
    std::vector<std::uint32_t> words;
    auto const count = source.number();
    if (source.bytes.size() / 4 < count) {
        source.failed = true;
        return words;
    }
    words.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) words.push_back(source.number());
    return words;
}

std::string version_of(std::uint64_t value) {
    constexpr int digits = 8;
    std::string out(1, 'm');
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += "0123456789abcdef"[value >> shift & 15];
    return out;
}

/// Sum of weights and number of features up to each token.
struct Running {
    std::int64_t words = 0, grams = 0;
    std::uint32_t word_count = 0, gram_count = 0;
};

double combined(Running const& from, Running const& to) {
    return static_cast<double>(to.words - from.words) * scale_of_words(to.word_count - from.word_count) +
           static_cast<double>(to.grams - from.grams) * scale_of_grams(to.gram_count - from.gram_count);
}

}  // namespace

double scale_of_words(std::size_t count) { return count == 0 ? 0 : 1.0 / std::sqrt(static_cast<double>(count)); }
double scale_of_grams(std::size_t count) { return count == 0 ? 0 : 1.0 / std::sqrt(static_cast<double>(count)); }

Head::Reading Head::read(Features const& features) const {
    if (weights.empty() || features.words.empty()) return {};
    auto const shift = 32 - bits;
    auto const sum_of = [&](std::vector<Features::Owned> const& owned) {
        std::int64_t sum = 0;
        for (auto const& feature : owned) sum += weights[feature.hash >> shift];
        return sum;
    };
    auto const signals = sum_of(features.signals);
    auto const unit = static_cast<double>(scale), always = static_cast<double>(bias);
    // Most texts are no longer than a passage: there is nothing to search in them.
    if (features.words.back().token + 2 <= longest_without_passages) {
        auto const margin = (static_cast<double>(sum_of(features.words)) * scale_of_words(features.words.size()) +
                             static_cast<double>(sum_of(features.grams)) * scale_of_grams(features.grams.size()) +
                             static_cast<double>(signals) * scale_of_signals) *
                                unit +
                            always;
        return {margin, margin};
    }
    thread_local std::vector<Running> running;
    running.clear();
    Running now;
    std::size_t gram = 0;
    for (std::size_t word = 0; word < features.words.size();) {
        running.push_back(now);
        auto const token = features.words[word].token;
        for (; word < features.words.size() && features.words[word].token == token; ++word) {
            now.words += weights[features.words[word].hash >> shift];
            ++now.word_count;
        }
        for (; gram < features.grams.size() && features.grams[gram].token == token; ++gram) {
            now.grams += weights[features.grams[gram].hash >> shift];
            ++now.gram_count;
        }
    }
    running.push_back(now);
    Reading reading;
    reading.margin = (combined(running.front(), now) + static_cast<double>(signals) * scale_of_signals) * unit + always;
    reading.peak = reading.margin;
    if (running.size() > longest_without_passages) {
        auto most = combined(running[0], running[passage]);
        for (std::size_t i = 1; i + passage < running.size(); ++i)
            most = std::max(most, combined(running[i], running[i + passage]));
        reading.peak = most * unit + always;
    }
    return reading;
}

double Head::probability(Reading const& reading, double partner_margin) const {
    return 1 / (1 + std::exp(-(static_cast<double>(slope) * reading.margin +
                               static_cast<double>(peak_slope) * reading.peak +
                               static_cast<double>(partner_slope) * partner_margin + static_cast<double>(offset))));
}

double Model::toxicity(Features const& features) const {
    auto const general = parts_.toxic.read(features);
    if (!features.has_urdu || parts_.urdu.weights.empty()) return parts_.toxic.probability(general);
    return parts_.urdu.probability(parts_.urdu.read(features), general.margin);
}

Opinion Model::opinion(Features const& features) const {
    Opinion opinion;
    opinion.present = true;
    if (features.words.empty()) return opinion;
    auto const &toxic = parts_.toxic, &spam = parts_.spam;
    opinion.toxic = toxicity(features);
    opinion.spam = spam.weights.empty() ? 0 : spam.probability(spam.read(features));
    if (opinion.toxic < 0.5) return opinion;

    // The tokens whose words and characters pulled most towards "toxic".
    auto const shift = 32 - toxic.bits;
    std::uint32_t last = 0;
    for (auto const& feature : features.words) last = std::max(last, feature.token);
    std::vector<double> pull(last + 1, 0.0);
    auto const words = scale_of_words(features.words.size()), grams = scale_of_grams(features.grams.size());
    for (auto const& feature : features.words) pull[feature.token] += words * toxic.weights[feature.hash >> shift];
    for (auto const& feature : features.grams) pull[feature.token] += grams * toxic.weights[feature.hash >> shift];
    for (int n = 0; n < 3; ++n) {
        auto const best = std::max_element(pull.begin(), pull.end());
        if (*best <= 0) break;
        opinion.weighty.push_back(static_cast<std::uint32_t>(best - pull.begin()));
        *best = 0;
    }
    return opinion;
}

std::unique_ptr<Model> Model::make(Parts parts) {
    auto made = std::make_unique<Model>();
    made->parts_ = std::move(parts);
    std::sort(made->parts_.words.begin(), made->parts_.words.end());
    std::sort(made->parts_.urdu_words.begin(), made->parts_.urdu_words.end());
    made->vocabulary_ = Vocabulary(made->parts_.words);
    made->urdu_ = Vocabulary(made->parts_.urdu_words);
    auto const bytes = made->bytes();
    made->version_ = version_of(hash_of(std::string_view(bytes).substr(0, bytes.size() - 8)));
    return made;
}

std::string Model::bytes() const {
    std::string out(magic);
    put(out, format);
    put(out, parts_.toxic);
    put(out, parts_.urdu);
    put(out, parts_.spam);
    put(out, parts_.words);
    put(out, parts_.urdu_words);
    auto const sum = hash_of(out);
    put(out, static_cast<std::uint32_t>(sum));
    put(out, static_cast<std::uint32_t>(sum >> 32));
    return out;
}

Result<std::unique_ptr<Model const>> Model::read(std::string_view bytes) {
    auto const refuse = [](char const* what) { return Error{Code::invalid_value, what}; };
    if (bytes.size() < magic.size() + 12 || bytes.substr(0, magic.size()) != magic)
        return refuse("This is no model of Soyuz.");
    Source tail{bytes.substr(bytes.size() - 8)};
    auto const low = tail.number();
    auto const expected = static_cast<std::uint64_t>(tail.number()) << 32 | low;
    auto const body = bytes.substr(0, bytes.size() - 8);
    auto const found = hash_of(body);
    if (found != expected) return refuse("The model is damaged: its checksum is wrong.");
    Source source{body.substr(magic.size())};
    if (source.number() != format) return refuse("The model has a format that this version does not read.");
    auto made = std::make_unique<Model>();
    auto& parts = made->parts_;
    parts.toxic = take_head(source);
    parts.urdu = take_head(source);
    parts.spam = take_head(source);
    parts.words = take_words(source);
    parts.urdu_words = take_words(source);
    if (source.failed || !source.bytes.empty() || parts.toxic.weights.empty())
        return refuse("The model is incomplete, or holds what is no number.");
    made->vocabulary_ = Vocabulary(parts.words);
    made->urdu_ = Vocabulary(parts.urdu_words);
    made->version_ = version_of(found);
    return std::unique_ptr<Model const>(std::move(made));
}

}  // namespace soyuz::judge

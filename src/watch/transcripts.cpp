#include "watch/transcripts.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "watch/evidence.hpp"

namespace soyuz::watch {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_words = 10;

std::string day_of(base::Timestamp at) { return base::to_rfc3339(at).substr(0, 10); }

std::optional<Spoken> parse(std::string const& line) {
    auto const json = base::parse_json(line);
    if (!json) return std::nullopt;
    base::Members const fields{*json};
    auto const at = fields.time("at");
    if (!at) return std::nullopt;
    Spoken spoken{*at, fields.text("text"), fields.fraction("seconds"), {}};
    if (auto const* const words = fields.find("words"); words != nullptr && words->is_array()) {
        for (auto const& each : *words) {
            base::Members const word{each};
            spoken.words.push_back({word.text("w"), word.fraction("p")});
        }
    }
    return spoken;
}

bool holds_all(std::string_view text, std::vector<std::string> const& wanted) {
    auto const key = base::search_key(text);
    return std::all_of(wanted.begin(), wanted.end(),
                       [&](std::string const& word) { return key.find(word) != std::string::npos; });
}

/// The days of a stream, newest first.
std::vector<fs::path> days(fs::path const& folder) {
    std::vector<fs::path> found;
    std::error_code fault;
    for (auto const& entry : fs::directory_iterator(folder, fault))
        if (entry.path().extension() == ".jsonl") found.push_back(entry.path());
    std::sort(found.rbegin(), found.rend());
    return found;
}

}  // namespace

void Transcripts::add(std::string_view stream, Spoken const& spoken) {
    if (folder_.empty() || !is_plain_name(stream)) return;
    base::Json json{{"at", base::to_rfc3339(spoken.at)}, {"text", spoken.text}, {"seconds", spoken.seconds}};
    for (auto const& word : spoken.words) json["words"].push_back({{"w", word.text}, {"p", word.confidence}});
    std::lock_guard const lock{mutex_};
    std::error_code fault;
    fs::create_directories(folder_ / stream, fault);
    std::ofstream file{folder_ / stream / (day_of(spoken.at) + ".jsonl"), std::ios::app | std::ios::binary};
    file << base::to_text(json) << '\n';
    if (!file) base::log::warn("a transcript is not kept");
}

std::vector<Spoken> Transcripts::read(std::string_view stream, std::optional<base::Timestamp> before, std::size_t limit,
                                      std::string_view wanted) const {
    std::vector<Spoken> found;
    if (folder_.empty() || !is_plain_name(stream)) return found;
    auto const words = base::search_words(wanted, most_words);
    std::lock_guard const lock{mutex_};
    for (auto const& day : days(folder_ / stream)) {
        if (before && day.stem().string() > day_of(*before)) continue;
        std::vector<Spoken> of_day;
        std::ifstream file{day, std::ios::binary};
        for (std::string line; std::getline(file, line);) {
            auto spoken = parse(line);
            if (!spoken || (before && spoken->at >= *before) || !holds_all(spoken->text, words)) continue;
            of_day.push_back(std::move(*spoken));
        }
        for (auto each = of_day.rbegin(); each != of_day.rend() && found.size() < limit; ++each)
            found.push_back(std::move(*each));
        if (found.size() == limit) break;
    }
    std::reverse(found.begin(), found.end());
    return found;
}

void Transcripts::sweep(base::Timestamp oldest) {
    auto const first = day_of(oldest);
    std::lock_guard const lock{mutex_};
    std::error_code fault;
    if (folder_.empty()) return;
    for (auto const& stream : fs::directory_iterator(folder_, fault))
        for (auto const& day : days(stream.path()))
            if (day.stem().string() < first) fs::remove(day, fault);
}

void Transcripts::remove_all(std::string_view stream) {
    if (folder_.empty() || !is_plain_name(stream)) return;
    std::lock_guard const lock{mutex_};
    std::error_code fault;
    fs::remove_all(folder_ / stream, fault);
}

}  // namespace soyuz::watch

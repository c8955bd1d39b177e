#include "watch/sound_watch.hpp"

#include <algorithm>
#include <utility>

namespace soyuz::watch {

std::optional<Detections::Reported> hear(Watch& watch, std::string const& stream, Spoken const& spoken) {
    auto const found = watch.streams.find(stream);
    if (!found || found->state != StreamState::monitoring) return std::nullopt;
    watch.transcripts.add(stream, spoken);
    auto const least = watch.settings.get().word_confidence;
    // A word that nobody can be sure of parts those around it, so that no phrase is made of what wasn't said.
    std::string sure;
    double highest = 0;
    for (auto const& word : spoken.words) {
        sure += word.confidence >= least ? word.text : ".";
        sure += ' ';
    }
    Alert alert;
    alert.stream = stream;
    alert.finding = Finding::audio;
    alert.subjects = watch.watchlist.find(sure);
    if (alert.subjects.empty()) return std::nullopt;
    for (auto const& word : spoken.words)
        if (word.confidence >= least && !watch.watchlist.find(word.text).empty())
            highest = std::max(highest, word.confidence);
    alert.text = spoken.text;
    alert.score = highest;
    return watch.report(std::move(alert));
}

}  // namespace soyuz::watch

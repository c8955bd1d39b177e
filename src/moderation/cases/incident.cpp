#include "moderation/cases/incident.hpp"

#include <algorithm>
#include <utility>

namespace soyuz::moderation {

namespace {

constexpr std::size_t most_messages = 20;
constexpr std::size_t most_reports = 50;
constexpr std::size_t most_further = 20;

unsigned weight_of(Case::Kind kind) {
    switch (kind) {
        case Case::Kind::reported: return 0;
        case Case::Kind::detection:
        case Case::Kind::flagged: return 1;
        case Case::Kind::alert: return 2;
        case Case::Kind::blocked: return 3;
    }
    return 0;
}

template <class Value>
void keep_newest(std::vector<Value>& list, std::size_t most) {
    if (list.size() > most) list.erase(list.begin());
}

/// What a text adds to its case, whether it opens it or joins it.
void add(Case& to, Incident& incident, bool is_of_its_text) {
    if (incident.verdict && (is_of_its_text || !to.verdict)) {
        to.verdict = std::move(incident.verdict);
        to.verdict->case_id = to.id;
        to.lexicon = std::move(incident.lexicon);
        to.model = std::move(incident.model);
    }
    auto& messages = to.messages;
    if (incident.message && std::find(messages.begin(), messages.end(), *incident.message) == messages.end()) {
        messages.push_back(*incident.message);
        keep_newest(messages, most_messages);
    }
    if (incident.report && to.reports.size() < most_reports) to.reports.push_back(std::move(*incident.report));
}

}  // namespace

Case opened(Incident incident, std::string text_key, base::Timestamp now) {
    Case made;
    made.id = incident.verdict && !incident.verdict->case_id.empty() ? incident.verdict->case_id : base::random_id();
    made.kind = incident.kind;
    made.occasion = incident.occasion.kind;
    made.room = incident.occasion.room;
    made.author = incident.occasion.author;
    made.field = std::move(incident.field);
    made.text = std::move(incident.text);
    made.text_key = std::move(text_key);
    made.reply_to = incident.reply_to;
    made.stream = std::move(incident.stream);
    made.detection = std::move(incident.detection);
    made.created_at = made.updated_at = now;
    add(made, incident, true);
    return made;
}

Case joined(Case present, Incident incident, std::string const& text_key, base::Timestamp now) {
    // What was decided a moment ago has come again.
    if (!present.open) present.keep_decision();
    present.open = true;
    if (!incident.report) ++present.count;
    if (weight_of(incident.kind) > weight_of(present.kind)) present.kind = incident.kind;
    present.updated_at = now;
    bool const is_of_its_text = present.text_key == text_key;
    if (!is_of_its_text && !is_about(present, incident.text)) {
        present.further.push_back({incident.text, incident.message, now});
        keep_newest(present.further, most_further);
    }
    add(present, incident, is_of_its_text);
    return present;
}

}  // namespace soyuz::moderation

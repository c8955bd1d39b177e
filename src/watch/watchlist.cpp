#include "watch/watchlist.hpp"

#include <algorithm>
#include <mutex>
#include <set>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "base/text.hpp"
#include "base/visible_text.hpp"
#include "judge/engine.hpp"
#include "judge/reading/normaliser.hpp"

namespace soyuz::watch {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::size_t longest = 100, most_words = 2000;

/// Tidied. Errors: invalid_value.
Result<std::string> line_of(char const* field, std::string_view text) {
    auto line = base::is_valid_utf8(text) ? base::tidy_line(text) : std::string{};
    if (line.empty() || base::count_code_points(line) > longest || !base::shows_something(line) ||
        base::has_hidden_characters(line))
        return base::invalid_field(field, "This must be a word or phrase of up to 100 characters.");
    return line;
}

bool is_latin(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; }) &&
           std::any_of(text.begin(), text.end(), [](unsigned char c) { return c >= 'A' && c != '_'; });
}

std::string_view without_star(std::string_view text) {
    return text.ends_with('*') ? text.substr(0, text.size() - 1) : text;
}

/// Does `words` hold `wanted`, one after the other? The last of a stem ("نقل*") may go on.
bool holds(std::vector<std::string> const& words, std::vector<std::string> const& wanted) {
    auto const found = std::search(words.begin(), words.end(), wanted.begin(), wanted.end(),
                                   [](std::string const& word, std::string const& part) {
                                       return part.ends_with('*') ? word.starts_with(without_star(part)) : word == part;
                                   });
    return found != words.end();
}

Result<void> check_threshold(double threshold) {
    if (threshold >= 0.05 && threshold <= 1) return {};
    return base::invalid_field("confidence_threshold", "This must be a number from 0.05 to 1.");
}

}  // namespace

std::optional<Keyword> Keyword::parse(std::string const& id, nlohmann::json const& json) {
    base::Members const fields{json};
    Keyword keyword{id, fields.text("keyword"), base::UserId{fields.text("added_by")},
                    fields.time("added_at").value_or(base::Timestamp{})};
    if (keyword.text.empty()) return std::nullopt;
    return keyword;
}

std::string Keyword::document() const {
    return base::to_text({{"keyword", text}, {"added_by", added_by.value}, {"added_at", base::to_rfc3339(added_at)}});
}

std::optional<WatchedObject> WatchedObject::parse(std::string const& id, nlohmann::json const& json) {
    base::Members const fields{json};
    WatchedObject object{id, fields.text("object_name"), fields.fraction("confidence_threshold"),
                         base::UserId{fields.text("added_by")}, fields.time("added_at").value_or(base::Timestamp{})};
    if (object.label.empty()) return std::nullopt;
    return object;
}

std::string WatchedObject::document() const {
    return base::to_text({{"object_name", label},
                          {"confidence_threshold", threshold},
                          {"added_by", added_by.value},
                          {"added_at", base::to_rfc3339(added_at)}});
}

Watchlist::Watchlist(store::Store& store, base::Clock const& clock)
    : clock_(clock), keywords_(store, "watch_keywords"), objects_(store, "watch_objects") {
    compile();
}

void Watchlist::compile() {
    auto made = std::make_shared<Compiled>();
    std::vector<judge::WatchWord> words;
    for (auto const& keyword : keywords()) {
        if (is_latin(keyword->text)) {
            words.push_back({keyword->text, judge::Action::flag, judge::Category::harassment});
            made->keyword_of[std::string{without_star(keyword->text)}] = keyword->text;
        } else {
            made->by_words.emplace_back(keyword->text, base::search_words(keyword->text, most_words));
        }
    }
    if (!words.empty()) {
        auto compiled = judge::compile_watch_words(words);
        if (compiled)
            made->lexicon = std::move(*compiled);
        else
            base::log::error("keywords can't be looked for", {{"reason", compiled.error().message}});
    }
    std::unique_lock const lock{mutex_};
    compiled_ = std::move(made);
}

std::vector<std::string> Watchlist::find(std::string_view text) const {
    std::shared_ptr<Compiled const> compiled;
    {
        std::shared_lock const lock{mutex_};
        compiled = compiled_;
    }
    std::set<std::string> found;
    if (compiled->lexicon) {
        thread_local judge::ReadText read;
        thread_local judge::Findings findings;
        judge::normalise(text, *compiled->lexicon, read);
        compiled->lexicon->find(read, findings);
        for (auto const& hit : findings.hits) {
            auto const& term = compiled->lexicon->terms()[hit.term];
            auto const keyword = compiled->keyword_of.find(without_star(term.text));
            if (keyword != compiled->keyword_of.end()) found.insert(keyword->second);
        }
    }
    if (!compiled->by_words.empty()) {
        auto const words = base::search_words(text, most_words);
        for (auto const& [keyword, wanted] : compiled->by_words)
            if (holds(words, wanted)) found.insert(keyword);
    }
    return {found.begin(), found.end()};
}

Result<Watchlist::KeywordPtr> Watchlist::add_keyword(base::UserId const& by, std::string_view text) {
    auto line = line_of("keyword", text);
    if (!line) return line.error();
    auto const key = base::fold_case(*line);
    for (auto const& each : keywords())
        if (base::fold_case(each->text) == key) return Error{Code::conflict, "This keyword is there already."};
    if (keywords_.size() >= most) return Error{Code::conflict, "There are as many keywords as there can be."};
    // What the engine can't look for is refused before it stands in the list.
    if (is_latin(*line))
        if (auto const compiled = judge::compile_watch_words({{*line, judge::Action::flag, {}}}); !compiled)
            return base::invalid_field("keyword", "This can't be looked for.");
    auto made = keywords_.put_and_wait({base::random_id(), std::move(*line), by, clock_.now()});
    compile();
    return made;
}

Result<Watchlist::KeywordPtr> Watchlist::change_keyword(std::string_view id, std::string_view text) {
    auto const line = line_of("keyword", text);
    if (!line) return line.error();
    auto changed = keywords_.edit_and_wait(id, [&](Keyword& keyword) -> Result<void> {
        keyword.text = *line;
        return {};
    });
    compile();
    return changed;
}

Result<Watchlist::KeywordPtr> Watchlist::remove_keyword(std::string_view id) {
    auto gone = keywords_.take_and_wait(id);
    compile();
    return gone;
}

std::vector<Watchlist::KeywordPtr> Watchlist::keywords() const {
    auto all = keywords_.all();
    std::sort(all.begin(), all.end(), [](auto const& one, auto const& other) { return one->text < other->text; });
    return all;
}

Result<Watchlist::ObjectPtr> Watchlist::add_object(base::UserId const& by, std::string_view label, double threshold) {
    auto line = line_of("object_name", label);
    if (!line) return line.error();
    if (auto const good = check_threshold(threshold); !good) return good.error();
    auto lower = base::lower_ascii(*line);
    for (auto const& each : objects())
        if (each->label == lower) return Error{Code::conflict, "This object is there already."};
    if (objects_.size() >= most) return Error{Code::conflict, "There are as many objects as there can be."};
    return objects_.put_and_wait({base::random_id(), std::move(lower), threshold, by, clock_.now()});
}

Result<Watchlist::ObjectPtr> Watchlist::change_object(std::string_view id, std::optional<std::string> const& label,
                                                      std::optional<double> threshold) {
    return objects_.edit_and_wait(id, [&](WatchedObject& object) -> Result<void> {
        if (threshold) {
            if (auto good = check_threshold(*threshold); !good) return good;
            object.threshold = *threshold;
        }
        if (label) {
            auto const line = line_of("object_name", *label);
            if (!line) return line.error();
            object.label = base::lower_ascii(*line);
        }
        return {};
    });
}

Result<Watchlist::ObjectPtr> Watchlist::remove_object(std::string_view id) { return objects_.take_and_wait(id); }

std::vector<Watchlist::ObjectPtr> Watchlist::objects() const {
    auto all = objects_.all();
    std::sort(all.begin(), all.end(), [](auto const& one, auto const& other) { return one->label < other->label; });
    return all;
}

std::optional<double> Watchlist::threshold_of(std::string_view label) const {
    auto const found = objects_.select([&](WatchedObject const& object) { return object.label == label; });
    return found.empty() ? std::nullopt : std::optional{found.front()->threshold};
}

}  // namespace soyuz::watch

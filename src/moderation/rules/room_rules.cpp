#include "moderation/rules/room_rules.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace soyuz::moderation {

namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 3> preset_names{"relaxed", "school", "strict"};
constexpr std::array<std::string_view, 7> members{"preset", "thresholds",  "categories_off", "rules_off",
                                                  "shown",  "watch_words", "version"};
constexpr std::size_t most_words = 200;
constexpr std::size_t longest_word = 400;  // bytes
constexpr std::size_t most_rules = 50;

using Faults = std::map<std::string, std::string>;

std::optional<judge::Action> action_of(Json const& json) {
    for (auto const action : {judge::Action::warn, judge::Action::flag, judge::Action::block})
        if (json.is_string() && json.get_ref<std::string const&>() == name(action)) return action;
    return std::nullopt;
}

void read_thresholds(Json const& json, RoomRules& rules, Faults& faults, std::string const& field) {
    if (json.is_null()) return rules.thresholds.reset();
    if (!json.is_object()) return void(faults.emplace(field, "must be an object"));
    auto limits = rules.thresholds.value_or(judge::thresholds_of(rules.preset.value_or(judge::Preset::school)));
    for (auto const& [key, place] :
         {std::pair{"warn", &limits.warn}, std::pair{"flag", &limits.flag}, std::pair{"block", &limits.block}}) {
        auto const found = json.find(key);
        if (found == json.end()) continue;
        if (!found->is_number() || *found < 0.05 || *found > 1) {
            faults.emplace(field + '.' + key, "must be from 0.05 to 1");
        } else {
            *place = found->get<double>();
        }
    }
    if (limits.warn > limits.flag || limits.flag > limits.block)
        faults.emplace(field, "must rise from warn over flag to block");
    rules.thresholds = limits;
}

void read_names(Json const& json, std::vector<std::string>& names, bool are_categories, Faults& faults,
                std::string const& field) {
    names.clear();
    if (json.is_null()) return;
    if (!json.is_array() || json.size() > most_rules) return void(faults.emplace(field, "must be a list of names"));
    for (auto const& item : json) {
        auto const text = item.is_string() ? item.get<std::string>() : std::string{};
        bool const is_word = !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
        });
        if (!is_word || (are_categories && !judge::category_of(text))) {
            faults.emplace(field, "holds what is no name of " + std::string{are_categories ? "a category" : "a rule"});
            return;
        }
        if (std::find(names.begin(), names.end(), text) == names.end()) names.push_back(text);
    }
}

void read_words(Json const& json, std::vector<judge::WatchWord>& words, Faults& faults, std::string const& field) {
    words.clear();
    if (json.is_null()) return;
    if (!json.is_array() || json.size() > most_words)
        return void(faults.emplace(field, "must be a list of up to 200 words"));
    for (auto const& item : json) {
        judge::WatchWord word;
        auto const* const given = item.is_object() && item.contains("text") ? &item["text"] : nullptr;
        if (given != nullptr && given->is_string() && base::is_valid_utf8(given->get_ref<std::string const&>()))
            word.text = base::trim(given->get_ref<std::string const&>());
        if (word.text.empty() || word.text.size() > longest_word) {
            faults.emplace(field, "holds an empty or overlong word");
            return;
        }
        if (item.contains("action") && !item["action"].is_null()) {
            auto const action = action_of(item["action"]);
            if (!action) return void(faults.emplace(field, "the action must be warn, flag or block"));
            word.action = *action;
        }
        if (item.contains("category") && !item["category"].is_null()) {
            auto const category = item["category"].is_string()
                                      ? judge::category_of(item["category"].get_ref<std::string const&>())
                                      : std::nullopt;
            if (!category) return void(faults.emplace(field, "holds what is no name of a category"));
            word.category = *category;
        }
        words.push_back(std::move(word));
    }
    if (auto const compiled = compile_watch_words(words); !compiled) faults.emplace(field, compiled.error().message);
}

}  // namespace

std::string_view name(judge::Preset preset) { return preset_names[static_cast<std::size_t>(preset)]; }

std::optional<judge::Preset> preset_of(std::string_view word) {
    for (std::size_t at = 0; at < preset_names.size(); ++at)
        if (preset_names[at] == word) return static_cast<judge::Preset>(at);
    return std::nullopt;
}

base::Result<RoomRules> changed_rules(RoomRules rules, Json const& patch, std::string const& prefix) {
    if (!patch.is_object()) return base::invalid_field(prefix, "must be an object");
    Faults faults;
    for (auto const& [key, value] : patch.items())
        if (std::find(members.begin(), members.end(), key) == members.end())
            faults.emplace(prefix + '.' + key, "is not a setting");
    auto const given = [&](char const* key) {
        auto const found = patch.find(key);
        return found == patch.end() ? nullptr : &*found;
    };
    if (auto const* const preset = given("preset")) {
        rules.preset = preset->is_string() ? preset_of(preset->get_ref<std::string const&>()) : std::nullopt;
        if (!rules.preset && !preset->is_null())
            faults.emplace(prefix + ".preset", "must be relaxed, school or strict");
    }
    if (auto const* const limits = given("thresholds")) read_thresholds(*limits, rules, faults, prefix + ".thresholds");
    if (auto const* const off = given("categories_off"))
        read_names(*off, rules.categories_off, true, faults, prefix + ".categories_off");
    if (auto const* const off = given("rules_off"))
        read_names(*off, rules.rules_off, false, faults, prefix + ".rules_off");
    if (auto const* const shown = given("shown")) {
        bool const is_known = shown->is_null() || *shown == "badge" || *shown == "author";
        if (!is_known) faults.emplace(prefix + ".shown", "must be badge or author");
        rules.author_only = *shown == "author";
    }
    if (auto const* const words = given("watch_words"))
        read_words(*words, rules.watch_words, faults, prefix + ".watch_words");
    if (faults.empty()) return rules;
    base::Error error{base::Code::invalid_value, faults.begin()->first + ' ' + faults.begin()->second + '.'};
    error.fields = std::move(faults);
    return error;
}

Json to_json(RoomRules const& rules) {
    auto words = Json::array();
    for (auto const& word : rules.watch_words)
        words.push_back({{"text", word.text}, {"action", name(word.action)}, {"category", name(word.category)}});
    Json thresholds;
    if (rules.thresholds)
        thresholds = {
            {"warn", rules.thresholds->warn}, {"flag", rules.thresholds->flag}, {"block", rules.thresholds->block}};
    return {{"preset", rules.preset ? Json(name(*rules.preset)) : Json{}},
            {"thresholds", std::move(thresholds)},
            {"categories_off", rules.categories_off},
            {"rules_off", rules.rules_off},
            {"shown", rules.author_only ? "author" : "badge"},
            {"watch_words", std::move(words)}};
}

base::Result<judge::RoomPolicy> policy_of(RoomRules const& rules, judge::Preset standard,
                                          std::optional<double> flag_threshold) {
    judge::RoomPolicy policy;
    policy.preset = rules.preset.value_or(standard);
    policy.thresholds = judge::thresholds_of(policy.preset);
    if (flag_threshold && !rules.preset) {
        policy.thresholds.flag = std::clamp(*flag_threshold, 0.05, policy.thresholds.block - 0.01);
        policy.thresholds.warn = std::min(policy.thresholds.warn, policy.thresholds.flag);
    }
    if (rules.thresholds) policy.thresholds = *rules.thresholds;
    for (auto const& off : rules.categories_off)
        if (auto const category = judge::category_of(off)) policy.categories.reset(static_cast<std::size_t>(*category));
    policy.rules_off.insert(rules.rules_off.begin(), rules.rules_off.end());
    if (!rules.watch_words.empty()) {
        auto compiled = compile_watch_words(rules.watch_words);
        if (!compiled) return compiled.error();
        policy.watch_words = std::move(*compiled);
    }
    return policy;
}

}  // namespace soyuz::moderation

#include "chat/settings.hpp"

#include <array>
#include <map>
#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/visible_text.hpp"
#include "chat/names.hpp"
#include "store/commit_later.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

namespace {

using base::Code;
using base::Error;
using base::Json;
using moderation::SpamRules;

constexpr char collection[] = "settings";
constexpr char document_id[] = "instance";

constexpr std::array<std::string_view, 3> registration_names{"open", "invite", "closed"};
constexpr std::array<std::string_view, 3> preset_names{"relaxed", "school", "strict"};
constexpr std::array<std::string_view, 2> direct_policy_names{"mark", "graduated"};
constexpr std::array<std::string_view, 4> purpose_names{"friends", "class", "stream", "community"};

std::optional<std::uint64_t> whole_number(Json const& json) {
    if (!json.is_number_integer() || json < 0) return std::nullopt;
    return json.get<std::uint64_t>();
}

/// Reads the members of a patch one by one and notes what is wrong with them.
class SettingsReader {
public:
    SettingsReader(Json const& json, std::string prefix, std::map<std::string, std::string>& faults)
        : json_(json), prefix_(std::move(prefix)), faults_(faults) {}

    Json const* member(std::string const& key) {
        auto const found = json_.find(key);
        if (found == json_.end()) return nullptr;
        return &*found;
    }

    void fault(std::string const& key, std::string reason) { faults_.emplace(prefix_ + key, std::move(reason)); }

    template <class Number>
    bool number(std::string const& key, Number& out, std::uint64_t least, std::uint64_t most) {
        auto const* value = member(key);
        if (value == nullptr) return false;
        auto const given = whole_number(*value);
        if (!given || *given < least || *given > most) {
            fault(key, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
            return false;
        }
        out = static_cast<Number>(*given);
        return true;
    }

    template <class Duration>
    bool duration(std::string const& key, Duration& out, std::uint64_t least, std::uint64_t most) {
        std::uint64_t count = 0;
        if (!number(key, count, least, most)) return false;
        out = Duration{static_cast<typename Duration::rep>(count)};
        return true;
    }

    void boolean(std::string const& key, bool& out) {
        auto const* value = member(key);
        if (value == nullptr) return;
        if (!value->is_boolean()) return fault(key, "must be true or false");
        out = value->get<bool>();
    }

    template <class Enumeration, std::size_t count>
    void choice(std::string const& key, Enumeration& out, std::array<std::string_view, count> const& names) {
        auto const* value = member(key);
        if (value == nullptr) return;
        for (std::size_t at = 0; at < count; ++at) {
            if (*value == names[at]) {
                out = static_cast<Enumeration>(at);
                return;
            }
        }
        std::string reason = "must be one of";
        for (auto name : names) reason.append(" ").append(name);
        fault(key, std::move(reason));
    }

private:
    Json const& json_;
    std::string const prefix_;
    std::map<std::string, std::string>& faults_;
};

Json spam_json(SpamRules const& rules) {
    Json bans = Json::array();
    for (auto length : rules.bans) bans.push_back(length.count());
    return {{"preset", rules.preset},
            {"limit", rules.limit},
            {"span_ms", rules.span.count()},
            {"min_gap_ms", rules.min_gap.count()},
            {"repeat_weight", rules.repeat_weight},
            {"bans_s", std::move(bans)},
            {"memory_h", rules.memory.count()},
            {"address_limit", rules.address_limit}};
}

void read_bans(SettingsReader& reader, SpamRules& rules) {
    auto const* value = reader.member("bans_s");
    if (value == nullptr) return;
    std::vector<std::chrono::seconds> bans;
    bool valid = value->is_array() && !value->empty() && value->size() <= 10;
    if (valid) {
        for (auto const& length : *value) {
            auto const seconds = whole_number(length);
            valid = valid && seconds && *seconds >= 1 && *seconds <= 30ULL * 24 * 3600;
            if (valid) bans.emplace_back(static_cast<std::int64_t>(*seconds));
        }
    }
    if (!valid) return reader.fault("bans_s", "must be 1 to 10 lengths, each from 1 second to 30 days");
    rules.bans = std::move(bans);
}

void read_spam(Json const& json, SpamRules& rules, std::map<std::string, std::string>& faults) {
    if (!json.is_object()) {
        faults.emplace("spam", "must be an object");
        return;
    }
    SettingsReader reader{json, "spam.", faults};
    if (auto const* preset = reader.member("preset")) {
        auto const chosen = preset->is_string() ? SpamRules::of_preset(preset->get_ref<std::string const&>())
                                                : std::optional<SpamRules>{};
        if (chosen) {
            rules = *chosen;
        } else if (*preset != "custom") {
            reader.fault("preset", "must be one of relaxed default strict custom");
        } else {
            rules.preset = "custom";
        }
    }
    auto const before = spam_json(rules);
    reader.number("limit", rules.limit, 1, 1000);
    reader.duration("span_ms", rules.span, 100, 3'600'000);
    reader.duration("min_gap_ms", rules.min_gap, 0, 600'000);
    reader.number("repeat_weight", rules.repeat_weight, 1, 100);
    reader.duration("memory_h", rules.memory, 1, std::uint64_t{24} * 365);
    reader.number("address_limit", rules.address_limit, 0, 100'000);
    read_bans(reader, rules);
    // A preset with one value changed isn't that preset any more.
    if (spam_json(rules) != before) rules.preset = "custom";
}

void read_settings(Json const& patch, InstanceSettings& settings, std::map<std::string, std::string>& faults) {
    SettingsReader reader{patch, "", faults};
    if (auto const* name = reader.member("name")) {
        auto const text = name->is_string() ? base::tidy_line(name->get_ref<std::string const&>()) : std::string{};
        if (auto fault = fault_of_display_name(text, 60)) {
            reader.fault("name", name->is_string() ? *fault : "must be text");
        } else {
            settings.name = text;
        }
    }
    reader.choice("purpose", settings.purpose, purpose_names);
    reader.choice("registration", settings.registration, registration_names);
    reader.choice("moderation_preset", settings.moderation_preset, preset_names);
    reader.choice("direct_policy", settings.direct_policy, direct_policy_names);
    if (auto const* spam = reader.member("spam")) read_spam(*spam, settings.spam, faults);
    reader.number("message_characters", settings.message_characters, 1, 16'000);
    reader.number("attachment_bytes", settings.attachment_bytes, 0, 100ULL << 20U);
    reader.number("registrations_per_address", settings.registrations_per_address, 1, 100'000);
    reader.number("logins_per_address", settings.logins_per_address, 1, 100'000);
    reader.number("connections_per_address", settings.connections_per_address, 1, 1'000'000);
    reader.number("connections_per_account", settings.connections_per_account, 1, 1'000'000);
    reader.boolean("members_create_rooms", settings.members_create_rooms);
}

/// Members that are no settings are mistakes of the sender.
void refuse_unknown(Json const& patch, Json const& known, std::string const& prefix,
                    std::map<std::string, std::string>& faults) {
    for (auto const& [key, value] : patch.items()) {
        if (!known.contains(key)) faults.emplace(prefix + (key.size() > 64 ? "…" : key), "is not a setting");
        if (key == "spam" && value.is_object() && known.contains(key))
            refuse_unknown(value, known["spam"], "spam.", faults);
    }
}

Error invalid(std::map<std::string, std::string> faults) {
    auto const& [name, reason] = *faults.begin();
    Error error{Code::invalid_value, name + ' ' + reason + '.'};
    error.fields = std::move(faults);
    return error;
}

}  // namespace

Settings::Settings(store::Store& store) : store_(store), current_(std::make_shared<InstanceSettings const>()) {
    store.each_document(collection, [&](std::string const& id, Json const& value) {
        if (id != document_id || !value.is_object()) return;
        InstanceSettings read;
        std::map<std::string, std::string> faults;
        read_settings(value, read, faults);
        for (auto const& [field, reason] : faults) {
            base::log::warn("a setting can't be read and is left at its default",
                            {{"field", field}, {"reason", reason}});
        }
        current_ = std::make_shared<InstanceSettings const>(std::move(read));
    });
}

std::shared_ptr<InstanceSettings const> Settings::get() const {
    std::lock_guard const lock{mutex_};
    return current_;
}

base::Result<void> Settings::change(Json const& patch) {
    if (!patch.is_object()) return Error{Code::bad_request, "The settings must be an object."};
    std::lock_guard const order{changing_};
    InstanceSettings changed = *get();
    std::map<std::string, std::string> faults;
    read_settings(patch, changed, faults);
    refuse_unknown(patch, to_json(changed), "", faults);
    if (!faults.empty()) return invalid(std::move(faults));
    return keep(std::move(changed));
}

base::Result<void> Settings::keep(InstanceSettings changed) {
    auto const text = base::to_text(to_json(changed));
    auto const written = store::wait_for(store::commit_later(store_, {store::Put{collection, document_id, text}}));
    if (!written) return written.error();
    auto const kept = std::make_shared<InstanceSettings const>(std::move(changed));
    {
        std::lock_guard const lock{mutex_};
        current_ = kept;
    }
    if (on_changed) on_changed(*kept);
    return {};
}

base::Result<void> Settings::apply_purpose(Purpose purpose, std::string const& instance_name) {
    auto const name = base::is_valid_utf8(instance_name) ? base::tidy_line(instance_name) : instance_name;
    if (auto fault = fault_of_display_name(name, 60)) return invalid({{"name", std::move(*fault)}});
    std::lock_guard const order{changing_};
    InstanceSettings changed = *get();
    changed.purpose = purpose;
    changed.direct_policy =
        purpose == Purpose::class_ || purpose == Purpose::stream ? DirectPolicy::graduated : DirectPolicy::mark;
    changed.name = name;
    switch (purpose) {
        case Purpose::friends:
            changed.moderation_preset = judge::Preset::relaxed;
            changed.registration = Registration::invite;
            changed.spam = *SpamRules::of_preset("relaxed");
            changed.members_create_rooms = true;
            break;
        case Purpose::class_:
            changed.moderation_preset = judge::Preset::school;
            // A class arrives at once and from one address.
            changed.registration = Registration::invite;
            changed.spam = *SpamRules::of_preset("default");
            changed.members_create_rooms = false;
            changed.registrations_per_address = 200;
            changed.logins_per_address = 100;
            changed.connections_per_address = 1000;
            break;
        case Purpose::stream:
            changed.moderation_preset = judge::Preset::strict;
            changed.registration = Registration::open;
            changed.spam = *SpamRules::of_preset("strict");
            changed.members_create_rooms = false;
            changed.attachment_bytes = 0;
            changed.message_characters = 500;
            break;
        case Purpose::community:
            changed.moderation_preset = judge::Preset::school;
            changed.registration = Registration::open;
            changed.spam = *SpamRules::of_preset("default");
            changed.members_create_rooms = true;
            break;
    }
    return keep(std::move(changed));
}

Json Settings::to_json(InstanceSettings const& settings) {
    return {{"name", settings.name},
            {"purpose", purpose_names[static_cast<std::size_t>(settings.purpose)]},
            {"registration", registration_names[static_cast<std::size_t>(settings.registration)]},
            {"moderation_preset", preset_names[static_cast<std::size_t>(settings.moderation_preset)]},
            {"direct_policy", direct_policy_names[static_cast<std::size_t>(settings.direct_policy)]},
            {"spam", spam_json(settings.spam)},
            {"message_characters", settings.message_characters},
            {"attachment_bytes", settings.attachment_bytes},
            {"registrations_per_address", settings.registrations_per_address},
            {"logins_per_address", settings.logins_per_address},
            {"connections_per_address", settings.connections_per_address},
            {"connections_per_account", settings.connections_per_account},
            {"members_create_rooms", settings.members_create_rooms}};
}

}  // namespace soyuz::chat

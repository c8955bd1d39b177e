#include "watch/settings.hpp"

#include <algorithm>
#include <mutex>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "store/commit_later.hpp"

namespace soyuz::watch {

using base::Code;
using base::Error;
using base::Json;
using base::Result;

namespace {

constexpr char collection[] = "watch_settings";
constexpr char id[] = "settings";
constexpr std::size_t most_hosts = 100;

/// Takes one member after the other, and gathers what can't be taken.
class Taker {
public:
    explicit Taker(Json const& json) : json_(json) {}

    void fraction(char const* name, double& into, double least, double most) {
        auto const* const value = find(name);
        if (value == nullptr) return;
        if (!value->is_number() || *value < least || *value > most)
            return wrong(name, "This must be a number from " + shown(least) + " to " + shown(most) + '.');
        into = value->get<double>();
    }
    template <class Number>
    void number(char const* name, Number& into, std::uint64_t least, std::uint64_t most) {
        auto const* const value = find(name);
        if (value == nullptr) return;
        bool const is_whole = value->is_number_unsigned() || (value->is_number_integer() && *value >= 0);
        if (!is_whole || value->get<std::uint64_t>() < least || value->get<std::uint64_t>() > most)
            return wrong(name, "This must be a whole number from " + std::to_string(least) + " to " +
                                   std::to_string(most) + '.');
        into = static_cast<Number>(value->get<std::uint64_t>());
    }
    void flag(char const* name, bool& into) {
        auto const* const value = find(name);
        if (value == nullptr) return;
        if (!value->is_boolean()) return wrong(name, "This must be true or false.");
        into = value->get<bool>();
    }
    void hosts(char const* name, std::vector<std::string>& into) {
        auto const* const value = find(name);
        if (value == nullptr) return;
        std::vector<std::string> hosts;
        bool is_good = value->is_array() && value->size() <= most_hosts;
        for (auto const& each : is_good ? *value : Json::array()) {
            is_good = is_good && each.is_string() && is_host(each.get<std::string>());
            if (is_good) hosts.push_back(base::lower_ascii(each.get<std::string>()));
        }
        if (!is_good) return wrong(name, "These must be up to 100 host names or addresses.");
        into = std::move(hosts);
    }
    Result<void> outcome() const {
        if (wrong_.fields.empty()) return {};
        return wrong_;
    }

private:
    static bool is_host(std::string const& text) {
        return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                   c == ':';
        });
    }
    static std::string shown(double value) { return Json(value).dump(); }
    Json const* find(char const* name) const {
        auto const found = json_.find(name);
        return found == json_.end() ? nullptr : &*found;
    }
    void wrong(char const* name, std::string reason) { wrong_.fields[name] = std::move(reason); }

    Json const& json_;
    Error wrong_{Code::invalid_value, "Some of it can't be taken."};
};

Result<Settings> changed(Settings settings, Json const& json) {
    Taker taker{json};
    taker.fraction("sentiment_limit", settings.sentiment_limit, -1, 0);
    taker.fraction("score_limit", settings.score_limit, 0.05, 1);
    taker.fraction("word_confidence", settings.word_confidence, 0, 1);
    taker.number("kept_days", settings.kept_days, 1, 3650);
    taker.number("kept_bytes", settings.kept_bytes, 0, 1'000'000'000'000);
    taker.flag("looks_for_nudity", settings.looks_for_nudity);
    taker.flag("captions", settings.captions);
    taker.hosts("private_hosts", settings.private_hosts);
    taker.hosts("network_hosts", settings.network_hosts);
    if (auto const good = taker.outcome(); !good) return good.error();
    return settings;
}

}  // namespace

Json Settings::json() const {
    return {{"sentiment_limit", sentiment_limit},
            {"score_limit", score_limit},
            {"word_confidence", word_confidence},
            {"kept_days", kept_days},
            {"kept_bytes", kept_bytes},
            {"looks_for_nudity", looks_for_nudity},
            {"captions", captions},
            {"private_hosts", private_hosts},
            {"network_hosts", network_hosts}};
}

WatchSettings::WatchSettings(store::Store& store) : store_(store) {
    store_.each_document(collection, [this](std::string const&, Json const& value) {
        if (auto read = changed(settings_, value)) settings_ = std::move(*read);
    });
}

Settings WatchSettings::get() const {
    std::shared_lock const lock{mutex_};
    return settings_;
}

Result<void> WatchSettings::change(Json const& members) {
    std::future<Result<store::Committed>> written;
    {
        std::unique_lock const lock{mutex_};
        auto after = changed(settings_, members);
        if (!after) return after.error();
        settings_ = std::move(*after);
        written = store::commit_later(store_, {store::Put{collection, id, base::to_text(settings_.json())}});
    }
    return store::wait_for(std::move(written));
}

}  // namespace soyuz::watch

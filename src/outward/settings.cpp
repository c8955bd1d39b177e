#include "outward/settings.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <mutex>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "store/commit_later.hpp"
#include "store/store.hpp"

namespace soyuz::outward {

using base::Code;
using base::Error;
using base::Json;
using base::Result;

namespace {

constexpr char collection[] = "outward_settings";
constexpr char id[] = "settings";
constexpr std::size_t longest = 500;

bool is_plain(std::string_view text) {
    return text.size() <= longest &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c != 0x7F; });
}

bool has_scheme(std::string_view url, std::initializer_list<std::string_view> schemes) {
    return std::any_of(schemes.begin(), schemes.end(), [&](std::string_view scheme) {
        return url.starts_with(scheme) && url.substr(scheme.size()).find_first_not_of('/') != std::string_view::npos;
    });
}

Json document(Settings const& settings) {
    return {{"mail",
             {{"server", settings.mail.server},
              {"from", settings.mail.from},
              {"username", settings.mail.username},
              {"password", settings.mail.password}}},
            {"telegram", {{"base", settings.telegram.base}, {"token", settings.telegram.token}}}};
}

Result<Settings> changed(Settings settings, Json const& json) {
    Error fault{Code::invalid_value, "Some of it can't be taken."};
    auto const take = [&](Json const& from, char const* name, std::string& into, auto const& is_good, char const* why) {
        auto const found = from.find(name);
        if (found == from.end()) return;
        auto const text = found->is_string() ? found->get<std::string>() : std::string{"\n"};
        if (!is_good(text)) fault.fields[name] = why;
        into = text;
    };
    auto const plain = [](std::string const& text) { return is_plain(text); };
    if (auto const mail = json.find("mail"); mail != json.end() && mail->is_object()) {
        take(
            *mail, "server", settings.mail.server,
            [](std::string const& text) {
                return text.empty() || (is_plain(text) && has_scheme(text, {"smtp://", "smtps://"}));
            },
            "This must be like smtp://mail.example.org:587.");
        take(
            *mail, "from", settings.mail.from,
            [](std::string const& text) { return text.empty() || is_mail_address(text); },
            "This must be an e-mail address.");
        take(*mail, "username", settings.mail.username, plain, "This must be without blanks.");
        take(*mail, "password", settings.mail.password, plain, "This must be without blanks.");
    }
    if (auto const telegram = json.find("telegram"); telegram != json.end() && telegram->is_object()) {
        take(
            *telegram, "base", settings.telegram.base,
            [](std::string const& text) {
                bool const is_secure = has_scheme(text, {"https://"});
                return is_plain(text) && (is_secure || (has_scheme(text, {"http://"}) && is_loopback_host(text)));
            },
            "This must be an https address.");
        take(
            *telegram, "token", settings.telegram.token,
            [](std::string const& text) { return is_plain(text) && text.find('/') == std::string::npos; },
            "This is no token of a bot.");
    }
    if (!fault.fields.empty()) return fault;
    return settings;
}

}  // namespace

bool is_mail_address(std::string_view text) {
    auto const at = text.find('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == text.size() || text.size() > 254) return false;
    if (text.find('@', at + 1) != std::string_view::npos) return false;
    return std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return c > 0x20 && c != 0x7F &&
               std::string_view{"<>(),;:\\\"[]"}.find(static_cast<char>(c)) == std::string_view::npos;
    });
}

bool is_loopback_host(std::string_view url) {
    if (auto const scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    auto const host = url.substr(0, url.find_first_of("/?#"));
    if (host.starts_with("[::1]")) return true;
    auto const name = host.substr(0, host.find(':'));
    return name == "localhost" || name == "127.0.0.1";
}

SettingsKeeper::SettingsKeeper(store::Store& store) : store_(store) {
    store_.each_document(collection, [this](std::string const&, Json const& value) {
        if (auto read = changed(settings_, value)) settings_ = std::move(*read);
    });
}

Settings SettingsKeeper::get() const {
    std::shared_lock const lock{mutex_};
    return settings_;
}

Json SettingsKeeper::shown() const {
    auto const settings = get();
    auto json = document(settings);
    json["mail"].erase("password");
    json["mail"]["has_password"] = !settings.mail.password.empty();
    json["telegram"].erase("token");
    json["telegram"]["has_token"] = !settings.telegram.token.empty();
    return json;
}

Result<void> SettingsKeeper::change(Json const& members) {
    std::future<Result<store::Committed>> written;
    {
        std::unique_lock const lock{mutex_};
        auto after = changed(settings_, members);
        if (!after) return after.error();
        settings_ = std::move(*after);
        written = store::commit_later(store_, {store::Put{collection, id, base::to_text(document(settings_))}});
    }
    return store::wait_for(std::move(written));
}

}  // namespace soyuz::outward

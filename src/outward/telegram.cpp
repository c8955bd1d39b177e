#include "outward/telegram.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include <curl/curl.h>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace soyuz::outward {

using base::Code;
using base::Error;
using base::Json;
using base::Result;

namespace {

constexpr long send_timeout_s = 20;
constexpr unsigned long_poll_s = 20;
constexpr std::size_t longest_answer = std::size_t{1} << 20U, longest_text = 3500;

std::size_t gather(char* bytes, std::size_t size, std::size_t count, void* into) {
    auto& text = *static_cast<std::string*>(into);
    if (text.size() + size * count > longest_answer) return 0;
    text.append(bytes, size * count);
    return size * count;
}

/// Ends a long poll soon after the bot is to stop.
int is_over(void* stopping, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<std::atomic<bool>*>(stopping)->load() ? 1 : 0;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size() && words.size() < 8;) {
        auto const end = std::min(text.find_first_of(" \n\t", at), text.size());
        if (end > at) words.emplace_back(text.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

std::string shortened(std::string text) {
    if (text.size() <= longest_text) return text;
    auto end = longest_text;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
    return text + "…";
}

}  // namespace

Telegram::Telegram(SettingsKeeper const& settings, People& people, BotHooks hooks)
    : settings_(settings), people_(people), hooks_(std::move(hooks)) {}

Telegram::~Telegram() { stop(); }

Result<Json> Telegram::call(std::string_view method, Json const& body, long timeout_s) {
    auto const settings = settings_.get().telegram;
    if (settings.token.empty()) return Error{Code::not_found, "No bot is set."};
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> const curl{curl_easy_init(), &curl_easy_cleanup};
    if (!curl) return Error{Code::internal, "Telegram can't be asked."};
    auto const url = settings.base + "/bot" + settings.token + '/' + std::string{method};
    auto const sent = base::to_text(body);
    std::string heard;
    std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> const headers{
        curl_slist_append(nullptr, "Content-Type: application/json"), &curl_slist_free_all};
    auto* const handle = curl.get();
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, is_loopback_host(settings.base) ? "http,https" : "https");
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, sent.c_str());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(sent.size()));
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, gather);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &heard);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, timeout_s);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, is_over);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &stopping_);
    if (auto const outcome = curl_easy_perform(handle); outcome != CURLE_OK)
        return Error{Code::internal, std::string{"Telegram did not answer: "} + curl_easy_strerror(outcome) + '.'};
    auto json = base::parse_json(heard);
    if (!json || !json->is_object() || !json->value("ok", false)) {
        long status = 0;
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
        // Who has blocked the bot can't be reached.
        return Error{status == 403 ? Code::not_found : Code::internal,
                     "Telegram refused it with status " + std::to_string(status) + '.'};
    }
    return *json;
}

Result<void> Telegram::send(Letter const& letter) {
    auto const wishes = people_.of(letter.user);
    if (wishes.chat.empty()) return Error{Code::not_found, "This account is linked to no chat."};
    auto const done =
        call("sendMessage", {{"chat_id", wishes.chat}, {"text", shortened(letter.subject + '\n' + letter.text)}},
             send_timeout_s);
    if (!done) return done.error();
    return {};
}

std::string Telegram::reply_to(std::string const& chat, std::string_view text) {
    auto const words = words_of(text);
    auto const command = words.empty() ? std::string{} : base::lower_ascii(words[0].substr(0, words[0].find('@')));
    // "/start CODE" is what a link to the bot sends.
    auto const code = words.size() > 1 && (command == "/start" || command == "/link") ? words[1] : std::string{};
    if (!code.empty())
        return people_.link(code, chat) ? "Your account is linked. Send /stop to hear nothing more."
                                        : "This code is not good any more. Ask for a new one on your settings page.";
    auto const user = people_.user_of(chat);
    if (user.empty()) return "Send /link and the code of your settings page.";
    if (command == "/start") return people_.set_telegram(user, true), "You hear of notifications from now on.";
    if (command == "/stop") return people_.set_telegram(user, false), "You hear nothing more. Send /start to go on.";
    if (command == "/list" && hooks_.list) return hooks_.list(user);
    if (command == "/read" && words.size() > 1 && hooks_.read) return hooks_.read(user, words[1]);
    if (command == "/forward" && words.size() > 2 && hooks_.forward) return hooks_.forward(user, words[1], words[2]);
    return "/list shows what is unread, /read ID marks it as read, /forward ID NAME hands it on, /stop ends this.";
}

void Telegram::answer(std::string const& chat, std::string const& text) {
    auto const done = call("sendMessage", {{"chat_id", chat}, {"text", shortened(text)}}, send_timeout_s);
    if (!done) base::log::warn("the bot could not answer", {{"reason", done.error().message}});
}

Result<std::size_t> Telegram::take_updates(unsigned wait) {
    auto const heard =
        call("getUpdates", {{"offset", next_update_}, {"timeout", wait}, {"allowed_updates", {"message"}}},
             static_cast<long>(wait) + send_timeout_s);
    if (!heard) return heard.error();
    auto const updates = heard->find("result");
    if (updates == heard->end() || !updates->is_array()) return std::size_t{0};
    for (auto const& update : *updates) {
        base::Members const fields{update};
        next_update_ = std::max(next_update_, static_cast<long long>(fields.number("update_id")) + 1);
        auto const* const message = fields.find("message");
        if (message == nullptr || !message->is_object()) continue;
        base::Members const parts{*message};
        auto const* const chat = parts.find("chat");
        // A group's members would read what is somebody's own.
        if (chat == nullptr || !chat->is_object() || chat->value("type", "") != "private") continue;
        auto const id = chat->find("id");
        if (id == chat->end() || !id->is_number_integer()) continue;
        auto const name = id->dump();
        answer(name, reply_to(name, parts.text("text")));
    }
    return updates->size();
}

void Telegram::start() {
    thread_ = std::thread{[this] { run(); }};
}

void Telegram::run() {
    using namespace std::chrono_literals;
    while (!stopping_) {
        bool const is_set = !settings_.get().telegram.token.empty();
        auto const taken = is_set ? take_updates(long_poll_s) : Result<std::size_t>{std::size_t{0}};
        if (is_set && taken) continue;
        for (int tenth = 0; tenth < 50 && !stopping_; ++tenth) std::this_thread::sleep_for(100ms);
    }
}

void Telegram::stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
}

}  // namespace soyuz::outward

// Searches over a long history: makes a folder, indexes it, and measures answers through chat::Search.
//   bench_search FOLDER MESSAGES ROOMS QUERIES
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "chat/messages/records.hpp"
#include "judge/judge.hpp"
#include "search/index.hpp"
#include "search/words.hpp"
#include "store/commit_later.hpp"
#include "support/chat_services.hpp"
#include "support/folder.hpp"

using namespace soyuz;
using Clock = std::chrono::steady_clock;

namespace {

class AllowAll final : public judge::Judge {
    judge::Verdict judge(std::string_view, judge::Occasion const&) const override { return {}; }
};

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double resident_megabytes() {
    std::ifstream in{"/proc/self/statm"};
    double pages = 0, resident = 0;
    in >> pages >> resident;
    return resident * 4096 / 1e6;
}

/// Words of four languages, common ones more often (Zipf).
class Language {
public:
    Language() {
        std::vector<std::string> const scripts[]{
            {"ba", "ko", "ti", "re", "su", "la", "men", "dor", "ing", "er", "st", "ou", "th", "an", "ve"},
            {"ka", "hai", "na", "mu", "je", "pa", "ta", "zin", "da", "gi", "sha", "kh", "oo", "ri", "ya"},
            {"کی", "ہے", "با", "تا", "نا", "دل", "شہ", "ری", "من", "گل", "سا", "را", "خو", "ور"},
            {"می", "رو", "دا", "خا", "نه", "بر", "گ", "شد", "آن", "ها", "تر", "کار", "ستا"},
        };
        for (auto const& syllables : scripts) {
            auto& words = words_.emplace_back();
            std::uniform_int_distribution<std::size_t> pick{0, syllables.size() - 1}, length{1, 4};
            for (int i = 0; i < 30'000; ++i) {
                std::string word;
                auto const parts = i < 200 ? 1 + length(chance_) / 3 : length(chance_);
                for (std::size_t part = 0; part < parts; ++part) word += syllables[pick(chance_)];
                words.push_back(word);
            }
        }
    }

    std::string const& word(std::size_t language) {
        std::uniform_real_distribution<double> share{0, 1};
        auto const& words = words_[language];
        auto const place = std::pow(static_cast<double>(words.size()), share(chance_)) - 1;
        return words[std::min(static_cast<std::size_t>(place), words.size() - 1)];
    }
    std::string text() {
        std::discrete_distribution<std::size_t> which{60, 20, 13, 7};
        std::uniform_int_distribution<int> length{3, 13};
        auto const language = which(chance_);
        std::string text;
        for (int i = length(chance_); i > 0; --i) text += (text.empty() ? "" : " ") + word(language);
        return text;
    }
    std::mt19937_64& chance() { return chance_; }

private:
    std::mt19937_64 chance_{20261127};
    std::vector<std::vector<std::string>> words_;
};

void run(std::filesystem::path const& folder, std::size_t messages, std::size_t room_count, std::size_t queries) {
    std::filesystem::create_directories(folder);
    base::SystemClock const clock;
    AllowAll const judge;
    auto const store = tests::open_store(folder / "data", clock);
    tests::ChatServices house{*store, clock, judge};
    std::vector<chat::UserPtr> people;
    for (int i = 0; i < 40; ++i) {
        auto const made = house.accounts.create({"person-" + std::to_string(i), "correct horse battery", "", "",
                                                 i == 0 ? chat::Role::owner : chat::Role::member});
        if (!made) throw std::runtime_error("an account: " + made.error().message);
        people.push_back(*made);
    }
    std::vector<chat::RoomPtr> rooms{house.rooms.lobby()};
    while (rooms.size() < room_count) {
        auto const name = "room-" + std::to_string(rooms.size());
        auto const made = house.rooms.create(*people[0], {name, name, "", chat::Room::Kind::public_, {}});
        if (!made) throw std::runtime_error("a room: " + made.error().message);
        rooms.push_back(*made);
    }
    Language language;
    std::vector<double> weights;
    for (std::size_t i = 0; i < rooms.size(); ++i) weights.push_back(1.0 / static_cast<double>(i + 1));
    std::discrete_distribution<std::size_t> in{weights.begin(), weights.end()};
    std::uniform_int_distribution<std::size_t> by{0, people.size() - 1};
    std::vector<std::string> kept;
    std::uintmax_t text_bytes = 0;
    auto at = clock.now() - std::chrono::hours{24 * 300};
    for (std::size_t done = 0; done < messages;) {
        store::Batch batch;
        for (int i = 0; i < 1000 && done < messages; ++i, ++done) {
            chat::Message message;
            message.sender = people[by(language.chance())];
            message.text = language.text();
            message.sent_at = at += std::chrono::milliseconds{24'000};
            text_bytes += message.text.size();
            if (done % 97 == 0) kept.push_back(message.text);
            store::AppendMessage append{rooms[in(language.chance())]->id, {}};
            chat::append_body(append.body, message);
            batch.push_back(std::move(append));
        }
        if (auto const done_so = store::wait_for(store::commit_later(*store, std::move(batch))); !done_so)
            throw std::runtime_error(done_so.error().message);
    }
    if (!store->checkpoint()) throw std::runtime_error("no checkpoint");

    auto const memory = resident_megabytes();
    auto const start = Clock::now();
    search::Index index{*store, {folder / "search.db", chat::parse_document, [&] {
                                     std::vector<base::RoomId> ids;
                                     for (auto const& room : house.rooms.all()) ids.push_back(room->id);
                                     return ids;
                                 }}};
    index.start();
    index.settle();
    auto const built = seconds_since(start);
    auto const figures = index.figures();
    std::printf("build %.1f s, %.0f messages/s; file %.1f MB of %.1f MB of text (%.0f %%); %.0f MB of memory more\n",
                built, static_cast<double>(messages) / built, static_cast<double>(figures.bytes) / 1e6,
                static_cast<double>(text_bytes) / 1e6,
                100.0 * static_cast<double>(figures.bytes) / static_cast<double>(text_bytes),
                resident_megabytes() - memory);

    house.messages.search.use(index);
    struct Kind {
        char const* name;
        std::function<std::string()> query;
    };
    auto const any = [&]() -> std::string const& { return kept[language.chance()() % kept.size()]; };
    auto const words = [&] {
        std::vector<std::string> list;
        auto const& text = any();
        for (std::size_t from = 0; from < text.size();) {
            auto const end = std::min(text.find(' ', from), text.size());
            list.push_back(text.substr(from, end - from));
            from = end + 1;
        }
        return list;
    };
    std::vector<Kind> const kinds{
        {"one word", [&] { return words()[0]; }},
        {"two words",
         [&] {
             auto const w = words();
             return w[0] + ' ' + w[w.size() - 1];
         }},
        {"phrase",
         [&] {
             auto const w = words();
             return '"' + w[0] + ' ' + w[1] + '"';
         }},
        {"beginning", [&] { return std::string{search::cut_at(words()[1], 4)}; }},
        {"part",
         [&] {
             auto w = words()[1];
             return w.size() > 6 ? w.substr(2) : w;
         }},
        {"a person's", [&] { return words()[0] + " from:person-7"; }},
        {"in a room",
         [&] { return words()[0] + " in:room-" + std::to_string(1 + language.chance()() % (rooms.size() - 1)); }},
        {"of a month", [&] { return words()[0] + " after:2026-05-01 before:2026-06-01"; }},
        {"nowhere", [&] { return words()[0] + "zzzq"; }},
    };
    std::vector<double> all;
    for (auto const best : {false, true}) {
        for (auto const& kind : kinds) {
            std::vector<double> times;
            std::size_t found = 0;
            for (std::size_t i = 0; i < queries; ++i) {
                chat::Search::Query query;
                query.text = kind.query();
                query.limit = 30;
                query.best_first = best;
                auto const begin = Clock::now();
                auto const page = house.messages.search.find(*people[1], query);
                times.push_back(1e3 * seconds_since(begin));
                if (page) found += page->hits.size();
            }
            std::sort(times.begin(), times.end());
            if (!best) all.insert(all.end(), times.begin(), times.end());
            std::printf("%-7s %-11s p50 %6.2f  p99 %6.2f  worst %6.2f ms, %.1f hits\n", best ? "best" : "newest",
                        kind.name, times[times.size() / 2], times[times.size() * 99 / 100], times.back(),
                        static_cast<double>(found) / static_cast<double>(queries));
        }
    }
    std::sort(all.begin(), all.end());
    std::printf("newest first, all: p50 %.2f  p99 %.2f ms\n", all[all.size() / 2], all[all.size() * 99 / 100]);
    index.stop();
}

}  // namespace

int main(int count, char** words) {
    if (count != 5) {
        std::fprintf(stderr, "usage: bench_search FOLDER MESSAGES ROOMS QUERIES\n");
        return 64;
    }
    try {
        run(words[1], std::strtoull(words[2], nullptr, 10), std::strtoull(words[3], nullptr, 10),
            std::strtoull(words[4], nullptr, 10));
    } catch (std::exception const& failure) {
        std::fprintf(stderr, "%s\n", failure.what());
        return 1;
    }
    return 0;
}

#include "media/supervisor.hpp"

#include <algorithm>
#include <functional>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "base/log.hpp"
#include "media/fetcher.hpp"
#include "media/frames.hpp"
#include "media/playlist.hpp"
#include "media/worker_link.hpp"

namespace soyuz::media {

using base::Code;
using base::Error;
using base::Result;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t largest_playlist = std::size_t{4} << 20U, largest_segment = std::size_t{64} << 20U;
constexpr std::size_t most_words = 500, longest_text = 4000;
constexpr auto longest_look = 10min;
constexpr std::size_t segments_behind = 3;

HeardWords parse_words(std::string_view text) {
    HeardWords heard;
    auto const json = base::parse_json(text);
    if (!json) return heard;
    base::Members const fields{*json};
    heard.text = fields.text("text").substr(0, longest_text);
    heard.seconds = std::clamp(fields.fraction("seconds"), 0.0, 3600.0);
    auto const* const words = fields.find("words");
    if (words == nullptr || !words->is_array()) return heard;
    for (auto const& each : *words) {
        if (heard.words.size() == most_words) break;
        base::Members const word{each};
        heard.words.push_back({word.text("w").substr(0, 200), std::clamp(word.fraction("p"), 0.0, 1.0)});
    }
    return heard;
}

/// Reads a stream from its address on: a playlist segment by segment, anything else as it comes.
class Reader {
public:
    using Take = std::function<Result<void>(std::string_view)>;
    Reader(Fetcher& fetcher, std::atomic<bool> const& stopping, Take take)
        : fetcher_(fetcher), stopping_(stopping), take_(std::move(take)) {}

    /// Until it ends. Errors: those of the fetcher, the playlist and `take`.
    Result<void> read(Address const& address) {
        auto first = fetcher_.get(address, largest_playlist);
        // What is no playlist may be endless: it is read again as it comes.
        if (!first && first.error().code != Code::too_large) return first.error();
        if (!first || !is_playlist(first->bytes)) return read_through(address);
        auto playlist = parse_playlist(first->bytes);
        if (!playlist) return playlist.error();
        auto from = first->from;
        if (!playlist->variants.empty()) {
            auto variant = resolve_reference(from, playlist->variants.front().uri);
            if (!variant) return variant.error();
            from = *variant;
        }
        return read_playlist(from);
    }

private:
    Result<void> read_through(Address const& address) {
        Result<void> taken;
        auto const count = fetcher_.stream(address, [&](std::string_view bytes) {
            taken = take_(bytes);
            return taken.ok();
        });
        if (!taken) return taken;
        if (!count) return count.error();
        return {};
    }

    Result<void> read_playlist(Address const& address) {
        std::uint64_t next = 0;
        std::string init;
        for (bool is_first = true; !stopping_; is_first = false) {
            auto const got = fetcher_.get(address, largest_playlist);
            if (!got) return got.error();
            auto const playlist = parse_playlist(got->bytes);
            if (!playlist) return playlist.error();
            auto const& segments = playlist->segments;
            if (is_first && !segments.empty()) {
                // A live stream is joined near its end.
                auto const behind = playlist->has_ended ? segments.size() : std::min(segments.size(), segments_behind);
                next = segments[segments.size() - behind].number;
            }
            if (playlist->init != init && !playlist->init.empty()) {
                if (auto const taken = take_file(got->from, playlist->init); !taken) return taken;
                init = playlist->init;
            }
            for (auto const& segment : segments) {
                if (segment.number < next) continue;
                if (auto const taken = take_file(got->from, segment.uri); !taken) return taken;
                next = segment.number + 1;
            }
            if (playlist->has_ended) return {};
            auto const wait = std::clamp(playlist->target_seconds / 2, 0.5, 10.0);
            for (double waited = 0; waited < wait && !stopping_; waited += 0.1) std::this_thread::sleep_for(100ms);
        }
        return {};
    }

    Result<void> take_file(Address const& base, std::string const& reference) {
        auto const address = resolve_reference(base, reference);
        if (!address) return address.error();
        auto const got = fetcher_.get(*address, largest_segment);
        if (!got) return got.error();
        return take_(got->bytes);
    }

    Fetcher& fetcher_;
    std::atomic<bool> const& stopping_;
    Take const take_;
};

}  // namespace

Supervisor::Supervisor(Options options, Host& host) : options_(std::move(options)), host_(host) {}

Supervisor::~Supervisor() { stop(); }

bool Supervisor::is_installed() const {
    std::error_code fault;
    return !options_.program.empty() && std::filesystem::is_regular_file(options_.program, fault);
}

void Supervisor::tick() {
    auto const sources = host_.sources();
    std::lock_guard const lock{mutex_};
    for (auto& [id, watched] : watched_) {
        auto const same = std::find_if(sources.begin(), sources.end(), [&](Source const& each) {
            return each.id == id && each.url == watched->source.url && each.is_wanted == watched->source.is_wanted &&
                   each.version == watched->source.version;
        });
        if (same == sources.end()) watched->stopping = true;
    }
    std::erase_if(watched_, [](auto const& each) {
        if (!each.second->has_ended) return false;
        each.second->thread.join();
        return true;
    });
    for (auto const& source : sources) {
        if (watched_.size() >= options_.most || watched_.contains(source.id)) continue;
        auto made = std::make_unique<Watched>();
        made->source = source;
        auto& watched = *made;
        watched_.emplace(source.id, std::move(made));
        watched.thread = std::thread{[this, &watched] { run(watched); }};
    }
}

void Supervisor::stop() {
    std::lock_guard const lock{mutex_};
    for (auto& [id, watched] : watched_) watched->stopping = true;
    for (auto& [id, watched] : watched_)
        if (watched->thread.joinable()) watched->thread.join();
    watched_.clear();
}

bool Supervisor::pause(Watched& watched, std::chrono::milliseconds span) {
    for (auto waited = 0ms; waited < span && !watched.stopping; waited += 100ms) std::this_thread::sleep_for(100ms);
    return !watched.stopping;
}

Result<void> Supervisor::look_once(Watched& watched) {
    auto const address = parse_address(watched.source.url);
    if (!address) return address.error();
    Fetcher fetcher{host_.allowed_hosts(), watched.stopping};
    // The beginning says enough.
    auto const got = fetcher.stream(*address, [](std::string_view) { return false; });
    if (!got) return got.error();
    return {};
}

Result<void> Supervisor::watch(Watched& watched) {
    auto const address = parse_address(watched.source.url);
    if (!address) return address.error();
    Fetcher fetcher{host_.allowed_hosts(), watched.stopping};
    std::string fault;
    auto link = WorkerLink::start(options_.program, [&](char kind, std::string_view bytes) {
        if (kind == picture_frame) host_.picture(watched.source.id, bytes);
        if (kind == spoken_frame) host_.heard(watched.source.id, parse_words(bytes));
        if (kind == fault_frame) fault = bytes.substr(0, 200);
    });
    if (!link) return link.error();
    ++working_;
    struct Count {
        std::atomic<std::size_t>& of;
        ~Count() { --of; }
    } const count{working_};
    Reader reader{fetcher, watched.stopping,
                  [&](std::string_view bytes) { return (*link)->feed(bytes, options_.patience); }};
    auto read = reader.read(*address);
    if (read && !watched.stopping) read = (*link)->finish(options_.patience);
    if (!fault.empty()) return Error{Code::internal, fault};
    return read;
}

void Supervisor::run(Watched& watched) {
    unsigned failures = 0;
    auto look = options_.look;
    while (!watched.stopping) {
        auto const is_online = look_once(watched);
        if (watched.stopping) break;
        host_.online(watched.source.id, is_online.ok());
        if (!is_online) {
            // An address that must not be fetched doesn't become one that may.
            if (is_online.error().code == Code::forbidden || is_online.error().code == Code::invalid_value)
                host_.failed(watched.source.id, is_online.error().message);
            if (!pause(watched, look)) break;
            look = std::min<std::chrono::milliseconds>(look * 2, longest_look);
            continue;
        }
        look = options_.look;
        if (!watched.source.is_wanted || !is_installed()) {
            if (!pause(watched, look)) break;
            continue;
        }
        auto const began = std::chrono::steady_clock::now();
        auto const seen = watch(watched);
        if (watched.stopping) break;
        // What went on for long enough was no failure to begin with.
        if (seen || std::chrono::steady_clock::now() - began > 5min) failures = 0;
        if (seen) {
            host_.online(watched.source.id, false);
            if (!pause(watched, options_.look)) break;
            continue;
        }
        base::log::warn("a stream broke off", {{"stream", watched.source.id}, {"reason", seen.error().message}});
        if (++failures >= most_failures) {
            host_.failed(watched.source.id, seen.error().message);
            break;
        }
        if (!pause(watched, options_.wait * (1U << (failures - 1)))) break;
    }
    // One that failed stays until somebody wants it anew.
    while (!watched.stopping) std::this_thread::sleep_for(100ms);
    watched.has_ended = true;
}

}  // namespace soyuz::media

#include "app/stream_host.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

#include "base/clock.hpp"
#include "watch/sound_watch.hpp"
#include "watch/watch.hpp"

namespace soyuz::app {

std::vector<media::Source> StreamHost::sources() {
    std::vector<media::Source> found;
    for (auto const& each : watch_.streams.all()) {
        bool const is_fetched =
            !each->is_own() && (each->url.starts_with("http://") || each->url.starts_with("https://"));
        if (is_fetched) found.push_back({each->id, each->url, each->is_wanted, base::to_rfc3339(each->changed_at)});
    }
    return found;
}

std::vector<std::string> StreamHost::allowed_hosts() { return watch_.settings.get().private_hosts; }

void StreamHost::online(std::string const& id, bool is_online) { watch_.set_online(id, is_online); }

void StreamHost::failed(std::string const& id, std::string const& reason) { watch_.fail(id, reason); }

void StreamHost::picture(std::string const& id, std::string_view jpeg) {
    watch_.evidence.keep(id, watch::Evidence::last, jpeg);
}

void StreamHost::heard(std::string const& id, media::HeardWords const& words) {
    watch::Spoken spoken{watch_.clock().now(), words.text, words.seconds, {}};
    for (auto const& word : words.words) spoken.words.push_back({word.text, word.confidence});
    (void)watch::hear(watch_, id, spoken);
}

media::Supervisor::Options media_options() {
    media::Supervisor::Options options;
    std::error_code fault;
    auto const self = std::filesystem::read_symlink("/proc/self/exe", fault);
    if (!fault) options.program = self.parent_path() / "soyuz-media";
    return options;
}

}  // namespace soyuz::app

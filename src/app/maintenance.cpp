#include "app/maintenance.hpp"

#include <utility>

#include "app/chat_services.hpp"
#include "base/log.hpp"
#include "web/site.hpp"

namespace soyuz::app {

using namespace std::chrono_literals;

void Maintenance::start(web::Site& site) {
    auto& services = services_;
    repeat(60s, [&services] { services.statistics.flush(); });
    repeat(5s, [&services] { services.rooms.flush_read_marks(); });
    repeat(1s, [&services] { services.kicks.readmit_due(); });
    repeat(1s, [&services] {
        services.watch.tick();
        services.stream_supervisor.tick();
    });
    repeat(5s, [&site] { site.remove_dropped_files(); });
    auto const at_start = [&site] {
        site.recall_uploads();
        site.sweep_uploads();
    };
    if (!services.housekeeping.submit(at_start)) return;
    repeat(24h, [&site] { site.sweep_uploads(); });
    // An owner who edits a word list sees it work at once; one with an error leaves the old lists in force.
    if (!config_.lexicons.empty())
        repeat(2s, [&services] {
            if (auto read = services.judge->reload_if_changed(); !read) base::log::error(read.error().message);
        });
    repeat(config_.cleanup_interval, [&services] {
        services.sessions.sweep();
        services.sanctions.sweep();
        services.recorder.sweep();
        services.watch.sweep();
    });
}

void Maintenance::repeat(std::chrono::milliseconds interval, std::function<void()> work) {
    services_.loops.at(0).after(interval, [this, interval, work = std::move(work)] {
        if (!services_.housekeeping.submit(work)) return;
        repeat(interval, work);
    });
}

}  // namespace soyuz::app

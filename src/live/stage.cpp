#include "live/stage.hpp"

#include <algorithm>
#include <utility>

#include "live/audience.hpp"
#include "live/recording/recorder.hpp"

namespace soyuz::live {

using base::Code;
using base::Error;
using namespace std::chrono_literals;

namespace {

constexpr auto heart_interval = 500ms;
constexpr auto viewer_interval = 1s;
constexpr auto clip_after = 30s;

}  // namespace

Stage::Stage(base::RoomId room, StageState const& stored, Limits limits, base::Clock const& clock, Audience& audience,
             Recorder* recorder)
    : limits_(limits),
      clock_(clock),
      audience_(audience),
      recorder_(recorder),
      state_(stored),
      feeds_{Feed{limits.feed}, Feed{limits.feed}},
      budget_(limits.bytes_per_second, limits.burst_bytes, clock.moment()) {
    state_.room = std::move(room);
    // What was live when the server stopped: its publisher comes back by itself.
    if (is_on()) {
        state_.phase = Phase::interrupted;
        lost_at_ = clock.moment();
    }
}

Stage::~Stage() = default;

StageState Stage::state() const {
    std::lock_guard const lock{mutex_};
    return state_;
}

Treatment Stage::treatment() const { return {state_.plan.delay, state_.is_blanked, state_.is_muted}; }

base::Result<std::uint64_t> Stage::go_live(base::UserId const& host) {
    std::lock_guard const lock{mutex_};
    auto const now = clock_.moment();
    if (kept_out_until_ && now < *kept_out_until_) {
        auto const wait = std::chrono::duration_cast<std::chrono::milliseconds>(*kept_out_until_ - now);
        return Error{Code::forbidden, "A moderator has ended this broadcast. Try again later.", wait};
    }
    if (is_on() && state_.host != host) return Error{Code::conflict, "Somebody else is live in this room."};
    if (ticket_ != 0) audience_.dismissed(state_.room, ticket_, "replaced");
    ticket_ = ++last_ticket_;
    bool const is_new = !is_on();
    if (is_new) {
        state_.host = host;
        state_.started_at = clock_.now();
        state_.ended_at.reset();
        state_.ended_why.clear();
        state_.recording_fault.clear();
        state_.is_blanked = state_.is_muted = false;
        state_.most_viewers = state_.viewers;
        state_.hearts = hearts_told_ = state_.gifts = 0;
    }
    for (auto& feed : feeds_) feed.restart();
    budget_ = {limits_.bytes_per_second, limits_.burst_bytes, now};
    state_.phase = Phase::live;
    record();
    changed();
    return ticket_;
}

base::Result<void> Stage::feed(std::uint64_t ticket, Layer layer, std::string_view bytes) {
    std::lock_guard const lock{mutex_};
    if (ticket == 0 || ticket != ticket_) return Error{Code::conflict, "This broadcast has ended."};
    auto const now = clock_.moment();
    if (!budget_.take(now, static_cast<float>(bytes.size())))
        return Error{Code::rate_limited, "The stream is larger than this server takes."};
    auto const done = feeds_[static_cast<std::size_t>(layer)].take(bytes, now);
    give_out();
    return done;
}

void Stage::give_out() {
    auto const now = clock_.moment();
    for (std::size_t at = 0; at < layers; ++at) {
        auto const layer = static_cast<Layer>(at);
        for (auto const& fragment : feeds_[at].release(now, treatment())) {
            if (fragment.init) {
                auto const& tracks = *feeds_[at].tracks();
                state_.has_picture = tracks.video.has_value();
                state_.has_sound = tracks.audio.has_value();
                changed();
            }
            if (layer == Layer::low && !state_.has_low_layer) {
                state_.has_low_layer = true;
                changed();
            }
            if (layer == Layer::high && recording_) recording_->add(fragment, feeds_[at].init());
            audience_.fragment(state_.room, layer, fragment);
        }
    }
}

void Stage::lose(std::uint64_t ticket) {
    std::lock_guard const lock{mutex_};
    if (ticket == 0 || ticket != ticket_) return;
    ticket_ = 0;
    state_.phase = Phase::interrupted;
    state_.has_low_layer = false;
    lost_at_ = clock_.moment();
    changed();
}

base::Result<void> Stage::end(std::string_view why) {
    std::lock_guard const lock{mutex_};
    if (!is_on()) return Error{Code::conflict, "Nothing is live in this room."};
    if (why == "cut") kept_out_until_ = clock_.moment() + limits_.kept_out;
    finish(why);
    return {};
}

void Stage::finish(std::string_view why) {
    if (ticket_ != 0) audience_.dismissed(state_.room, std::exchange(ticket_, 0), why);
    state_.phase = Phase::ended;
    state_.ended_at = clock_.now();
    state_.ended_why = why;
    if (clip_) keep_clip();
    for (auto& feed : feeds_) feed.clear();
    record();
    changed();
}

void Stage::record() {
    bool const is_wanted = recorder_ != nullptr && is_on() && state_.plan.records && state_.recording_fault.empty();
    if (is_wanted && !recording_) {
        recording_ = recorder_->begin(state_.room, state_.host, clock_.now());
        auto const start = feeds_[0].start();
        for (auto const& fragment : start.fragments) recording_->add(fragment, start.init);
    }
    if (!is_wanted) recording_.reset();
    state_.is_recording = recording_ != nullptr;
}

base::Result<void> Stage::clip(base::UserId const& by, std::string the_case) {
    std::lock_guard const lock{mutex_};
    if (recorder_ == nullptr) return Error{Code::not_found, "Nothing is recorded on this server."};
    if (!is_on()) return Error{Code::conflict, "Nothing is live in this room."};
    if (clip_) return Error{Code::conflict, "A clip is being taken already."};
    clip_ = PendingClip{by, std::move(the_case), clock_.moment() + clip_after};
    return {};
}

void Stage::keep_clip() {
    auto past = feeds_[0].past();
    auto clip = *std::exchange(clip_, std::nullopt);
    if (past.blocks.empty()) return;
    recorder_->keep_clip(state_.room, clip.by, std::move(clip.the_case), clock_.now(), std::move(past));
}

void Stage::blank(bool on) {
    std::lock_guard const lock{mutex_};
    if (state_.is_blanked == on) return;
    state_.is_blanked = on;
    changed();
}

void Stage::mute(bool on) {
    std::lock_guard const lock{mutex_};
    if (state_.is_muted == on) return;
    state_.is_muted = on;
    changed();
}

void Stage::plan(StagePlan plan) {
    std::lock_guard const lock{mutex_};
    if (state_.plan == plan) return;
    state_.plan = std::move(plan);
    record();
    changed();
}

void Stage::reset_counts() {
    std::lock_guard const lock{mutex_};
    state_.hearts = hearts_told_ = state_.gifts = 0;
    state_.most_viewers = state_.viewers;
    changed();
}

Layer Stage::layer_of(Quality quality) const {
    std::lock_guard const lock{mutex_};
    return quality == Quality::low && state_.has_low_layer ? Layer::low : Layer::high;
}

base::Result<Feed::Start> Stage::watch(base::UserId const& viewer, Quality quality) {
    std::lock_guard const lock{mutex_};
    if (sockets_ >= limits_.viewers) return Error{Code::overloaded, "As many watch as this server takes.", 30s};
    ++sockets_;
    if (++watching_[viewer] == 1) {
        state_.viewers = watching_.size();
        state_.most_viewers = std::max(state_.most_viewers, state_.viewers);
        viewers_moved_ = true;
    }
    auto const at = quality == Quality::low && state_.has_low_layer ? 1U : 0U;
    return feeds_[at].start();
}

Feed::Start Stage::start(Quality quality) const {
    std::lock_guard const lock{mutex_};
    auto const at = quality == Quality::low && state_.has_low_layer ? 1U : 0U;
    return feeds_[at].start();
}

void Stage::leave(base::UserId const& viewer) {
    std::lock_guard const lock{mutex_};
    auto const found = watching_.find(viewer);
    if (found == watching_.end()) return;
    --sockets_;
    if (--found->second > 0) return;
    watching_.erase(found);
    state_.viewers = watching_.size();
    viewers_moved_ = true;
}

void Stage::heart(std::uint64_t count) {
    std::lock_guard const lock{mutex_};
    state_.hearts += count;
}

void Stage::count_gift(std::uint64_t amount) {
    std::lock_guard const lock{mutex_};
    state_.gifts += amount;
}

void Stage::tick() {
    std::lock_guard const lock{mutex_};
    auto const now = clock_.moment();
    give_out();
    if (state_.hearts > hearts_told_ && now - hearts_at_ >= heart_interval) {
        audience_.hearts(state_.room, state_.hearts - hearts_told_, state_.hearts);
        hearts_told_ = state_.hearts;
        hearts_at_ = now;
    }
    if (clip_ && now >= clip_->due) keep_clip();
    if (recording_ && recording_->has_failed()) {
        state_.recording_fault = recording_->fault();
        record();
        changed();
    }
    if (state_.phase == Phase::interrupted && now - lost_at_ > limits_.grace) return finish("lost");
    if (viewers_moved_ && now - told_at_ >= viewer_interval) tell();
}

void Stage::changed() {
    is_dirty_ = true;
    tell();
}

void Stage::tell() {
    viewers_moved_ = false;
    told_at_ = clock_.moment();
    audience_.stage_changed(state_);
}

bool Stage::take_dirty() {
    std::lock_guard const lock{mutex_};
    return std::exchange(is_dirty_, false);
}

}  // namespace soyuz::live

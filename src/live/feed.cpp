#include "live/feed.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "live/cover.hpp"
#include "live/webm/writer.hpp"

namespace soyuz::live {

using webm::Block;

namespace {

constexpr std::int64_t frame_time = 40;            // between the last frame of a recording and the first of the next
constexpr std::int64_t longest_fragment = 10'000;  // a cluster's frames are within 32 s of each other

std::int64_t milliseconds_between(base::Moment from, base::Moment to) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count();
}

Bytes shared(std::string text) { return text.empty() ? nullptr : std::make_shared<std::string const>(std::move(text)); }

}  // namespace

/// Puts what a splitter finds into groups: a new one at each key frame, so that a viewer can begin with it.
class Feed::Gatherer final : public webm::SplitterSink {
public:
    Gatherer(Feed& feed, base::Moment now) : feed_(feed), now_(now) {}

    void tracks(webm::Tracks const& tracks) override {
        feed_.has_new_tracks_ = feed_.has_new_tracks_ || !feed_.announced_ || *feed_.announced_ != tracks;
        feed_.announced_ = tracks;
    }

    void block(Block block) override {
        if (!feed_.first_time_) {
            feed_.first_time_ = block.time;
            feed_.offset_ = feed_.last_came_ == base::Moment{}
                                ? -block.time
                                : feed_.last_time_ +
                                      std::max(frame_time, milliseconds_between(feed_.last_came_, now_)) - block.time;
        }
        block.time = std::max<std::int64_t>(0, block.time + feed_.offset_);
        feed_.last_time_ = std::max(feed_.last_time_, block.time);
        bool const has_picture = feed_.announced_->video.has_value();
        bool const is_key = has_picture ? block.is_video && block.is_key : true;
        bool const is_far =
            !groups.empty() && std::abs(block.time - groups.back().blocks.front().time) > longest_fragment;
        if (groups.empty() || (has_picture && is_key) || is_far) {
            Group group;
            group.came = now_;
            group.is_key = is_key;
            // Whoever begins with new tracks needs a key frame.
            if (is_key && std::exchange(feed_.has_new_tracks_, false)) group.tracks = feed_.announced_;
            groups.push_back(std::move(group));
        }
        groups.back().bytes += block.data.size();
        groups.back().blocks.push_back(std::move(block));
    }

    std::vector<Group> groups;

private:
    Feed& feed_;
    base::Moment const now_;
};

void Feed::clear() {
    splitter_.reset();
    first_time_.reset();
    offset_ = last_time_ = 0;
    last_came_ = {};
    announced_.reset();
    tracks_.reset();
    delayed_.clear();
    past_.clear();
    delayed_bytes_ = past_bytes_ = kept_bytes_ = 0;
    init_ = init_sound_ = nullptr;
    kept_.clear();
    has_new_tracks_ = is_complete_ = waits_for_key_ = false;
}

void Feed::restart() {
    splitter_.emplace(limits_.splitter);
    first_time_.reset();
    // Frames of the recording before can't be built on.
    is_complete_ = false;
    kept_.clear();
    kept_bytes_ = 0;
}

base::Result<void> Feed::take(std::string_view bytes, base::Moment now) {
    if (!splitter_) splitter_.emplace(limits_.splitter);
    Gatherer gatherer{*this, now};
    auto const done = splitter_->feed(bytes, gatherer);
    if (!gatherer.groups.empty()) last_came_ = now;
    for (auto& group : gatherer.groups) {
        keep_past(group.blocks);
        delayed_bytes_ += group.bytes;
        delayed_.push_back(std::move(group));
    }
    return done;
}

void Feed::keep_past(std::vector<Block> const& blocks) {
    for (auto const& block : blocks) {
        past_bytes_ += block.data.size();
        past_.push_back(block);
    }
    auto const oldest = last_time_ - limits_.past.count();
    while (!past_.empty() && (past_.front().time < oldest || past_bytes_ > limits_.past_bytes)) {
        past_bytes_ -= past_.front().data.size();
        past_.pop_front();
    }
}

Feed::Past Feed::past() const {
    if (!announced_) return {};
    auto const is_start = [this](Block const& block) { return !announced_->video || (block.is_video && block.is_key); };
    auto const begin = std::find_if(past_.begin(), past_.end(), is_start);
    return {*announced_, {begin, past_.end()}};
}

std::vector<Fragment> Feed::release(base::Moment now, Treatment const& treatment) {
    std::vector<Fragment> due;
    while (!delayed_.empty() &&
           (delayed_.front().came + treatment.delay <= now || delayed_bytes_ > limits_.delayed_bytes)) {
        delayed_bytes_ -= delayed_.front().bytes;
        auto fragment = make(std::move(delayed_.front()), treatment);
        delayed_.pop_front();
        if (!fragment.whole) continue;
        keep(fragment);
        due.push_back(std::move(fragment));
    }
    return due;
}

Fragment Feed::make(Group group, Treatment const& treatment) {
    Fragment fragment;
    if (group.tracks) {
        tracks_ = group.tracks;
        fragment.init = init_ = shared(webm::init_segment(*tracks_, webm::Part::all));
        fragment.init_sound = init_sound_ = shared(webm::init_segment(*tracks_, webm::Part::sound));
    }
    if (!tracks_) return fragment;
    treat(group.blocks, treatment);
    if (group.blocks.empty()) return fragment;
    fragment.seq = next_seq_++;
    fragment.time = group.blocks.front().time;
    // Each black picture stands for itself.
    fragment.is_key = group.is_key || (treatment.is_blanked && group.blocks.front().is_video);
    fragment.whole = shared(webm::cluster(group.blocks, webm::Part::all));
    fragment.sound = shared(webm::cluster(group.blocks, webm::Part::sound));
    return fragment;
}

void Feed::treat(std::vector<Block>& blocks, Treatment const& treatment) {
    for (auto& block : blocks) {
        if (!block.is_video) {
            if (treatment.is_muted) block.data = silence(block.data);
            continue;
        }
        if (block.is_key && !treatment.is_blanked) waits_for_key_ = false;
        if (treatment.is_blanked) waits_for_key_ = true;
        if (!waits_for_key_) continue;
        block.data = black_picture(tracks_->video->codec);
        block.is_key = true;
    }
    std::erase_if(blocks, [](Block const& block) { return block.data.empty(); });
}

void Feed::keep(Fragment const& fragment) {
    if (fragment.is_key) {
        kept_.clear();
        kept_bytes_ = 0;
        is_complete_ = true;
    }
    if (!is_complete_) return;
    kept_bytes_ += fragment.whole->size();
    kept_.push_back(fragment);
    if (kept_bytes_ <= limits_.kept_bytes) return;
    // No key frame for so long: whoever comes waits for the next.
    kept_.clear();
    kept_bytes_ = 0;
    is_complete_ = false;
}

Feed::Start Feed::start() const { return {init_, init_sound_, {kept_.begin(), kept_.end()}, next_seq_}; }

}  // namespace soyuz::live

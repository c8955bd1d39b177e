// A publisher's WebM (src/live/webm): how bytes are cut changes nothing, limits hold, and what is written for viewers
// reads as what was heard.
#include <string>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "live/cover.hpp"
#include "live/webm/splitter.hpp"
#include "live/webm/writer.hpp"

using namespace soyuz;
using fuzz::must;

namespace {

constexpr live::webm::SplitterLimits limits{2000, 3'600'000, {640, 480, 640 * 480}};

class Sink final : public live::webm::SplitterSink {
public:
    void tracks(live::webm::Tracks const& tracks) override {
        must(!found, "tracks come once");
        must(tracks.video || tracks.audio, "there is something to play");
        if (tracks.video)
            must(tracks.video->width <= 640 && tracks.video->height <= 480, "a picture keeps to its limit");
        found = tracks;
    }
    void block(live::webm::Block block) override {
        must(found.has_value(), "tracks come ahead of frames");
        must(block.data.size() <= limits.element_bytes, "a frame keeps to its limit");
        must(block.time >= 0 && block.time <= limits.duration, "time keeps to its limit");
        if (!block.is_video) must(live::silence(block.data).size() <= 100, "silence is short");
        blocks.push_back(std::move(block));
    }

    std::optional<live::webm::Tracks> found;
    std::vector<live::webm::Block> blocks;
};

void check_same(Sink const& one, Sink const& other) {
    must(one.found == other.found && one.blocks.size() == other.blocks.size(), "cuts change nothing");
    for (std::size_t i = 0; i < one.blocks.size(); ++i)
        must(one.blocks[i].data == other.blocks[i].data && one.blocks[i].time == other.blocks[i].time,
             "cuts change no frame");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const input = fuzz::text_of(data, size);
    Sink at_once, in_pieces, written;
    live::webm::Splitter whole{limits}, pieces{limits};
    bool const is_good = whole.feed(input, at_once).ok();
    fuzz::Cuts cuts{input};
    bool is_good_in_pieces = true;
    for (std::size_t at = 0; at < size && is_good_in_pieces;) {
        auto const length = std::min(cuts.next(), size - at);
        is_good_in_pieces = pieces.feed(input.substr(at, length), in_pieces).ok();
        must(pieces.waiting() <= limits.element_bytes + 16, "what waits is bounded");
        at += length;
    }
    must(is_good == is_good_in_pieces, "cuts change no verdict");
    check_same(at_once, in_pieces);
    if (!at_once.found) return 0;

    live::webm::Splitter reader{{4000, 48LL * 3600 * 1000, {}}};
    must(reader.feed(live::webm::init_segment(*at_once.found, live::webm::Part::all), written).ok(), "a head is read");
    for (auto const& block : at_once.blocks)
        must(reader.feed(live::webm::cluster({&block, 1}, live::webm::Part::all), written).ok(), "a cluster is read");
    must(written.blocks.size() == at_once.blocks.size(), "each frame is written");
    return 0;
}

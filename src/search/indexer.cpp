#include "search/indexer.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <queue>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.hpp"

namespace soyuz::search {

namespace {

using namespace std::chrono_literals;

constexpr auto pause = 2s;
// Writing a shard anew takes about a second: edits and deletions wait for each other meanwhile.
constexpr auto anew_pause = 8s;
constexpr auto anew_share = 20;
constexpr std::size_t few_messages = 4'000;
constexpr std::size_t blocks_at_once = 1'024;
constexpr std::size_t anew_at_once = 256;
constexpr base::Seq read_at_once = 64;
constexpr unsigned most_failures = 3;
constexpr int niceness = 10;

std::int64_t milliseconds(base::Timestamp time) { return time.time_since_epoch().count(); }

Block block_of(std::uint32_t room, std::vector<Placed> const& messages) {
    Block block;
    block.room = room;
    block.first = messages.front().first;
    block.last = messages.back().first;
    block.began = block.ended = milliseconds(messages.front().second.sent_at);
    for (auto const& [seq, document] : messages) {
        block.began = std::min(block.began, milliseconds(document.sent_at));
        block.ended = std::max(block.ended, milliseconds(document.sent_at));
    }
    block.check = check_of(messages);
    return block;
}

void add_words(Vocabulary& vocabulary, std::string_view terms) {
    for (std::size_t from = 0; from < terms.size();) {
        auto const end = std::min(terms.find(' ', from), terms.size());
        if (terms[from] != ':') vocabulary.add(terms.substr(from, end - from));
        from = end + 1;
    }
}

}  // namespace

Indexer::Indexer(store::Store const& store, std::filesystem::path file, ListRooms rooms, Intake& intake,
                 IndexState& state)
    : store_(store), path_(std::move(file)), rooms_(std::move(rooms)), intake_(intake), state_(state) {}

void Indexer::start() {
    thread_ = std::thread{[this] {
        // Searches and their index give way to the chat.
        ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), niceness);
        run();
    }};
}

void Indexer::stop() {
    if (!thread_.joinable()) return;
    {
        std::lock_guard const lock{mutex_};
        is_stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Indexer::wake() {
    {
        std::lock_guard const lock{mutex_};
        is_woken_ = true;
    }
    changed_.notify_all();
}

void Indexer::settle() {
    std::unique_lock lock{mutex_};
    is_settling_ = true;
    is_idle_ = false;
    is_woken_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return is_idle_ || is_stopping_; });
    is_settling_ = false;
}

void Indexer::run() {
    while (!is_stopping_ && failures_ < most_failures) {
        try {
            if (!file_) open();
            std::unique_lock lock{mutex_};
            while (!is_stopping_) work(lock);
        } catch (std::exception const& failure) {
            base::log::warn("the search index failed and is made again", {{"error", failure.what()}});
            ++failures_;
            std::unique_lock const lock{state_.mutex};
            state_.clear();
            file_.reset();
            IndexFile::discard(path_);
        }
    }
    if (failures_ >= most_failures) {
        base::log::error("the search index can't be kept: searches look through the newest messages only");
        std::unique_lock lock{mutex_};
        is_idle_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return is_stopping_.load(); });
    }
    try {
        if (file_) close();
    } catch (std::exception const& failure) {
        base::log::warn("the search index was not closed in order", {{"error", failure.what()}});
    }
}

/// One turn, and the wait for the next.
void Indexer::work(std::unique_lock<std::mutex>& lock) {
    bool const settles = is_settling_;
    is_woken_ = false;
    lock.unlock();
    intake_.drain();
    if (intake_.take_overflow()) {
        look_through();
        build();
    }
    add_full_blocks();
    if (settles || std::chrono::steady_clock::now() >= next_anew_) write_outdated();
    lock.lock();
    if (settles && !is_woken_) {
        is_idle_ = true;
        changed_.notify_all();
    }
    changed_.wait_for(lock, pause, [this] { return is_woken_ || is_stopping_; });
}

void Indexer::open() {
    // SQLite gives what it writes beside it the same mode.
    int const made = ::open(path_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (made >= 0) ::close(made);
    file_ = std::make_unique<IndexFile>(path_);
    if (!load()) {
        {
            std::unique_lock const lock{state_.mutex};
            state_.clear();
        }
        file_.reset();
        IndexFile::discard(path_);
        return open();
    }
    auto const start = std::chrono::steady_clock::now();
    build();
    auto const took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    if (indexed_ > 0)
        base::log::info("the search index is made",
                        {{"messages", std::to_string(indexed_)}, {"milliseconds", std::to_string(took.count())}});
    std::unique_lock const lock{state_.mutex};
    if (!is_stopping_) state_.is_ready = true;
}

bool Indexer::load() {
    {
        std::unique_lock const lock{state_.mutex};
        if (!file_->load(state_.catalogue)) return false;
    }
    auto const closed_at = file_->take_closed_at();
    load_words();
    if (closed_at != store_.number()) look_through();
    write_outdated();
    return true;
}

void Indexer::load_words() {
    auto const shards = state_.catalogue.shards();
    for (std::size_t shard = 0; shard < shards && !is_stopping_; ++shard) {
        Vocabulary vocabulary;
        bool const has_words = file_->has_words(shard);
        if (has_words)
            file_->each_term(shard, [&](std::string_view term) {
                if (!term.starts_with(':')) vocabulary.add(term);
            });
        if (shard + 1 < shards) vocabulary.seal();
        std::unique_lock const lock{state_.mutex};
        state_.vocabularies.push_back(std::move(vocabulary));
        if (!has_words) state_.outdated.insert(shard);
    }
}

/// Compares every block with what the store has: after a stop that was none, something may have changed unseen.
void Indexer::look_through() {
    auto const rooms = rooms_();
    std::map<base::RoomId, base::Seq> there;
    for (auto const& room : rooms) there.emplace(room, store_.last_seq(room));
    auto const shards = state_.catalogue.shards();
    for (std::size_t shard = 0; shard < shards && !is_stopping_; ++shard) {
        std::vector<Block> blocks;
        {
            std::shared_lock const lock{state_.mutex};
            blocks = state_.catalogue.blocks(shard);
        }
        for (auto const& block : blocks) {
            if (block.is_gone || is_stopping_) continue;
            auto const room = room_of(block);
            auto const known = there.find(room);
            if (known == there.end() || known->second < block.last) {
                intake_.note({{room, 0}});
                intake_.drain();
                continue;
            }
            auto messages = intake_.read(room, block.first, block.last);
            if (check_of(messages) != block.check) intake_.take(room, std::move(messages));
        }
    }
}

base::RoomId Indexer::room_of(Block const& block) const {
    std::shared_lock const lock{state_.mutex};
    return state_.catalogue.room(block.room);
}

/// A room that is being read in its order.
struct Indexer::Reading {
    base::RoomId room;
    std::uint32_t number = 0;
    base::Seq next = 1, last = 0;
    std::deque<Placed> ahead;
    std::vector<Placed> block;  ///< what comes next; no full one at the end

    /// False where nothing is left.
    bool fill(Intake const& intake) {
        block.clear();
        while (ahead.size() < Catalogue::block_messages && next <= last) {
            auto const to = std::min(last, next + read_at_once - 1);
            for (auto& message : intake.read(room, next, to)) ahead.push_back(std::move(message));
            next = to + 1;
        }
        while (!ahead.empty() && block.size() < Catalogue::block_messages) {
            block.push_back(std::move(ahead.front()));
            ahead.pop_front();
        }
        return !block.empty();
    }
};

void Indexer::build() {
    std::vector<Reading> readings;
    std::size_t messages = 0;
    for (auto const& room : rooms_()) {
        Reading reading;
        reading.room = room;
        reading.last = store_.last_seq(room);
        {
            std::unique_lock const lock{state_.mutex};
            reading.number = state_.catalogue.number_of(room);
            reading.next = state_.catalogue.indexed(reading.number) + 1;
        }
        if (reading.next > reading.last) continue;
        messages += reading.last - reading.next + 1;
        readings.push_back(std::move(reading));
    }
    if (messages > few_messages) return build_in_order(std::move(readings));
    for (auto const& reading : readings)
        intake_.take(reading.room, intake_.read(reading.room, reading.next, reading.last));
}

/// Takes from all rooms the block that ended first, so that shards follow each other in time.
void Indexer::build_in_order(std::vector<Reading> readings) {
    using Next = std::pair<std::int64_t, std::size_t>;
    std::priority_queue<Next, std::vector<Next>, std::greater<>> queue;
    auto const end_of = [](Reading const& reading) { return milliseconds(reading.block.back().second.sent_at); };
    for (std::size_t i = 0; i < readings.size(); ++i)
        if (readings[i].fill(intake_)) queue.emplace(end_of(readings[i]), i);
    std::vector<std::pair<Block, std::vector<Placed>>> blocks;
    while (!queue.empty() && !is_stopping_) {
        auto& reading = readings[queue.top().second];
        queue.pop();
        if (reading.block.size() < Catalogue::block_messages) {
            intake_.take(reading.room, std::move(reading.block));
            continue;
        }
        blocks.emplace_back(block_of(reading.number, reading.block), std::move(reading.block));
        if (reading.fill(intake_)) queue.emplace(end_of(reading), static_cast<std::size_t>(&reading - readings.data()));
        if (blocks.size() < blocks_at_once) continue;
        add(blocks);
        blocks.clear();
    }
    if (!is_stopping_) add(blocks);
}

bool Indexer::add_full_blocks() {
    std::vector<std::pair<Block, std::vector<Placed>>> blocks;
    std::vector<std::pair<base::MessageId, std::uint64_t>> taken;
    {
        std::shared_lock const lock{state_.mutex};
        base::RoomId room;
        std::vector<Placed> block;
        std::vector<std::pair<base::MessageId, std::uint64_t>> of_block;
        state_.fresh.each([&](base::RoomId const& in, base::Seq seq, Fresh::Entry const& entry) {
            if (in != room) {
                room = in;
                block.clear();
                of_block.clear();
            }
            auto const number = state_.catalogue.find(in);
            if (!number || seq <= state_.catalogue.indexed(*number)) return;
            block.emplace_back(seq, entry.document);
            of_block.push_back({{in, seq}, entry.version});
            if (block.size() < Catalogue::block_messages) return;
            blocks.emplace_back(block_of(*number, block), block);
            taken.insert(taken.end(), of_block.begin(), of_block.end());
            block.clear();
            of_block.clear();
        });
    }
    if (blocks.empty()) return false;
    std::sort(blocks.begin(), blocks.end(), [](auto const& a, auto const& b) {
        return a.first.ended != b.first.ended ? a.first.ended < b.first.ended : a.first.first < b.first.first;
    });
    add(blocks);
    std::unique_lock const lock{state_.mutex};
    for (auto const& [id, version] : taken) {
        state_.fresh.remove(id.room, id.seq, version);
        // It changed while it was written.
        auto const number = state_.catalogue.find(id.room);
        auto const place = number ? state_.catalogue.place_of(*number, id.seq) : std::nullopt;
        if (place && state_.fresh.find(id.room, id.seq) != nullptr) state_.outdated.insert(place->shard);
    }
    return true;
}

void Indexer::add(std::vector<std::pair<Block, std::vector<Placed>>> const& blocks) {
    for (std::size_t from = 0; from < blocks.size();) {
        std::size_t shard = 0;
        std::vector<IndexFile::Row> rows;
        bool is_full = false;
        {
            std::unique_lock const lock{state_.mutex};
            auto& catalogue = state_.catalogue;
            for (; from < blocks.size() && !is_full; ++from) {
                auto const& [block, messages] = blocks[from];
                auto const place = catalogue.add(block);
                shard = place.shard;
                rows.push_back({place.block, terms_of(block.room, messages)});
                is_full = catalogue.blocks(shard).size() == Catalogue::shard_blocks;
            }
        }
        {
            std::shared_lock const lock{state_.mutex};
            file_->add(state_.catalogue, shard, rows);
        }
        if (is_full) file_->optimise(shard);
        std::unique_lock const lock{state_.mutex};
        if (state_.vocabularies.size() <= shard) state_.vocabularies.emplace_back();
        for (auto const& row : rows) add_words(state_.vocabularies[shard], row.terms);
        if (is_full) state_.vocabularies[shard].seal();
    }
    for (auto const& [block, messages] : blocks) indexed_ += messages.size();
}

void Indexer::write_outdated() {
    std::set<std::size_t> outdated;
    {
        std::unique_lock const lock{state_.mutex};
        outdated.swap(state_.outdated);
    }
    if (outdated.empty()) return;
    auto const start = std::chrono::steady_clock::now();
    for (auto const shard : outdated) {
        if (is_stopping_) {
            std::unique_lock const lock{state_.mutex};
            state_.outdated.insert(shard);
        } else {
            write_anew(shard);
        }
    }
    file_->settle();
    auto const now = std::chrono::steady_clock::now();
    next_anew_ = now + std::max<std::chrono::steady_clock::duration>(anew_pause, (now - start) * anew_share);
}

void Indexer::write_anew(std::size_t shard) {
    std::vector<Block> blocks;
    std::vector<std::pair<base::MessageId, std::uint64_t>> changed;
    bool is_last = false;
    {
        std::shared_lock const lock{state_.mutex};
        auto const& catalogue = state_.catalogue;
        blocks = catalogue.blocks(shard);
        is_last = shard + 1 == catalogue.shards() && blocks.size() < Catalogue::shard_blocks;
        state_.fresh.each([&](base::RoomId const& room, base::Seq seq, Fresh::Entry const& entry) {
            auto const number = catalogue.find(room);
            auto const place = number ? catalogue.place_of(*number, seq) : std::nullopt;
            if (place && place->shard == shard) changed.push_back({{room, seq}, entry.version});
        });
    }
    file_->begin_anew();
    Vocabulary vocabulary;
    std::vector<IndexFile::Row> rows;
    std::vector<std::uint32_t> checks(blocks.size());
    for (std::size_t at = 0; at < blocks.size(); ++at) {
        auto const& block = blocks[at];
        if (block.is_gone) continue;
        auto const messages = intake_.read(room_of(block), block.first, block.last);
        checks[at] = check_of(messages);
        rows.push_back({at, terms_of(block.room, messages)});
        add_words(vocabulary, rows.back().terms);
        if (rows.size() < anew_at_once) continue;
        file_->add_anew(rows);
        rows.clear();
    }
    file_->add_anew(rows);
    file_->merge_anew();
    if (!is_last) vocabulary.seal();
    {
        std::unique_lock const lock{state_.mutex};
        for (std::size_t at = 0; at < blocks.size(); ++at)
            if (!blocks[at].is_gone) state_.catalogue.set_check({shard, at}, checks[at]);
    }
    {
        std::shared_lock const lock{state_.mutex};
        file_->finish_anew(state_.catalogue, shard);
    }
    std::unique_lock const lock{state_.mutex};
    if (state_.vocabularies.size() <= shard) state_.vocabularies.resize(shard + 1);
    state_.vocabularies[shard] = std::move(vocabulary);
    for (auto const& [id, version] : changed) state_.fresh.remove(id.room, id.seq, version);
}

void Indexer::close() {
    bool const is_whole = state_.is_ready;
    intake_.drain();
    std::set<std::size_t> outdated;
    {
        std::unique_lock const lock{state_.mutex};
        state_.is_ready = false;
        outdated = state_.outdated;
    }
    // What was erased is gone now; its shard is written at the next start.
    for (auto const shard : outdated) file_->drop_words(shard);
    if (is_whole && !intake_.take_overflow()) file_->set_closed_at(store_.number());
    file_->settle();
    file_.reset();
}

}  // namespace soyuz::search

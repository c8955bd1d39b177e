#include <condition_variable>
#include <mutex>

#include "store/check.hpp"
#include "store/workbench.hpp"

using namespace soyuz::store;
using namespace soyuz::store::test;
using soyuz::base::Code;
using Failure = MemoryFiles::Failure;

namespace {

Tuning impatient() {
    auto tuning = quiet();
    tuning.probe_interval = std::chrono::milliseconds{1};
    return tuning;
}

struct Outcome {
    Model model;              ///< all that was acknowledged
    bool is_unknown = false;  ///< a batch was answered with "may or may not have been saved"
};

/// Commits a history with checkpoints in it, whatever the disk does. Batches that it refuses are left out of the model.
Outcome play(Store& store, unsigned seed, unsigned count) {
    Outcome outcome;
    History history{seed};
    for (unsigned i = 0; i < count; ++i) {
        auto const batch = history.next(outcome.model);
        auto const committed = commit_later(store, batch).get();
        if (committed.ok()) {
            outcome.model.apply(batch);
        } else if (committed.error().code == Code::internal) {
            outcome.is_unknown = true;
        } else {
            REQUIRE(committed.error().code == Code::read_only);
        }
        if (i % 7 == 5) (void)store.checkpoint().ok();
    }
    return outcome;
}

/// Listens to a store as it loses and regains its disk.
class WritableWatch {
public:
    explicit WritableWatch(Store& store) : store_(store) {
        store.attach({{},
                      [this](bool writable) {
                          std::lock_guard const lock{mutex_};
                          ++changes_;
                          is_writable_ = writable;
                          changed_.notify_all();
                      },
                      {}});
    }
    ~WritableWatch() { store_.detach(); }
    WritableWatch(WritableWatch const&) = delete;
    WritableWatch& operator=(WritableWatch const&) = delete;

    /// Waits while the store last told that it is not writable. Gives the number of changes so far.
    int wait_until_writable() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return is_writable_; });
        return changes_;
    }

private:
    Store& store_;
    std::mutex mutex_;
    std::condition_variable changed_;
    int changes_ = 0;
    bool is_writable_ = true;
};

}  // namespace

TEST_CASE("whichever operation fails, what was acknowledged is there once and what was refused is not") {
    auto const failure = GENERATE(Failure::once, Failure::disk_full, Failure::from_now_on);
    auto const kept = GENERATE(0U, 400U, 1000U);
    constexpr unsigned batches = 24;
    bool has_failed = true;
    for (std::uint64_t nth = 1; has_failed; ++nth) {
        INFO("failure " << static_cast<int>(failure) << " at operation " << nth << ", kept " << kept);
        auto const disk = std::make_unique<MemoryFiles>();
        disk->fail_at(nth, failure);
        Outcome outcome;
        {
            auto opened = try_open(*disk, {}, impatient());
            if (auto* const store = std::get_if<std::unique_ptr<Store>>(&opened)) {
                outcome = play(**store, static_cast<unsigned>(nth), batches);
                has_failed = disk->has_failed();
                disk->stop_failing();
                REQUIRE(read_contents(**store) == outcome.model.contents());
            } else {
                has_failed = disk->has_failed();
                REQUIRE(has_failed);
                disk->stop_failing();
            }
            auto const cut = disk->after_power_cut(kept);
            auto const recovered = open_store(*cut);
            if (!outcome.is_unknown) REQUIRE(read_contents(*recovered) == outcome.model.contents());
            auto const killed = disk->after_kill();
            auto const reopened = open_store(*killed);
            if (!outcome.is_unknown) REQUIRE(read_contents(*reopened) == outcome.model.contents());
        }
        auto const after = open_store(*disk);
        if (!outcome.is_unknown) REQUIRE(read_contents(*after) == outcome.model.contents());
    }
}

TEST_CASE("whichever operation of a start fails, the next start finds everything") {
    auto const failure = GENERATE(Failure::once, Failure::disk_full, Failure::from_now_on);
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk);
    auto const outcome = play(*store, 11, 20);
    auto const torn = disk->after_kill();
    std::string newest;
    for (auto const& path : torn->paths()) {
        if (path.starts_with("/data/journal/")) newest = std::max(newest, path);
    }
    torn->set_content(newest, torn->content(newest) + R"({"n":21,"chan)");
    bool has_failed = true;
    for (std::uint64_t nth = 1; has_failed; ++nth) {
        INFO("failure " << static_cast<int>(failure) << " at operation " << nth);
        auto const copy = torn->after_kill();
        copy->fail_at(nth, failure);
        { auto const opened = try_open(*copy, {}, impatient()); }
        has_failed = copy->has_failed();
        copy->stop_failing();
        auto const cut = copy->after_power_cut(0);
        REQUIRE(read_contents(*open_store(*cut)) == outcome.model.contents());
        REQUIRE(read_contents(*open_store(*copy)) == outcome.model.contents());
    }
}

TEST_CASE("with the power cut after any operation, everything acknowledged is there exactly once") {
    auto const kept = GENERATE(0U, 300U, 999U, 1000U);
    constexpr unsigned batches = 40;
    bool has_failed = true;
    for (std::uint64_t nth = 1; has_failed; ++nth) {
        INFO("power cut at operation " << nth << ", kept " << kept);
        auto const disk = std::make_unique<MemoryFiles>();
        disk->fail_at(nth, Failure::from_now_on);
        Outcome outcome;
        Model with_one_more;
        auto opened = try_open(*disk, {}, impatient());
        if (auto* const store = std::get_if<std::unique_ptr<Store>>(&opened)) {
            History history{99};
            for (unsigned i = 0; i < batches; ++i) {
                auto const batch = history.next(outcome.model);
                with_one_more = outcome.model;
                with_one_more.apply(batch);
                if (!commit_later(**store, batch).get().ok()) break;
                outcome.model = with_one_more;
                if (i % 9 == 4 && !(*store)->checkpoint().ok()) break;
            }
        }
        has_failed = disk->has_failed();
        disk->stop_failing();
        auto const cut = disk->after_power_cut(kept);
        std::vector<std::string> names;
        if (cut->list("/data", names) == 0) REQUIRE(check("/data", *cut).state != Report::State::damaged);
        auto const contents = read_contents(*open_store(*cut));
        // The batch under way may be there: nobody was told that it is not.
        REQUIRE((contents == outcome.model.contents() || contents == with_one_more.contents()));
    }
}

TEST_CASE("a full disk makes the store read-only until there is room again") {
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk, {}, impatient());
    WritableWatch watch{*store};
    REQUIRE(commit_later(*store, {message("lobby", "before")}).get().ok());

    disk->fail_at(1, Failure::disk_full);
    auto const refused = commit_later(*store, {message("lobby", "refused")}).get();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Code::read_only);
    CHECK(refused.error().retry_after.count() > 0);
    CHECK_FALSE(store->writable());
    CHECK_FALSE(store->checkpoint().ok());
    CHECK(store->last_seq(RoomId{"lobby"}) == 1);

    disk->stop_failing();
    CHECK(watch.wait_until_writable() == 2);
    auto const committed = commit_later(*store, {message("lobby", "after")}).get();
    REQUIRE(committed.ok());
    CHECK(committed->seqs.at(0) == 2);
    auto const killed = disk->after_power_cut(0);
    auto const reopened = open_store(*killed);
    CHECK(read_contents(*reopened).messages.at("lobby").at(2) == R"({"text":"after"})");
    CHECK(reopened->last_seq(RoomId{"lobby"}) == 2);
}

TEST_CASE("after an fsync that failed nothing is acknowledged until the next start") {
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk, {}, impatient());
    REQUIRE(commit_later(*store, {message("lobby", "before")}).get().ok());

    disk->fail_at(2, Failure::once);  // the fsync behind the write
    REQUIRE_FALSE(commit_later(*store, {message("lobby", "refused")}).get().ok());
    REQUIRE(disk->has_failed());
    disk->stop_failing();
    for (int tries = 0; tries < 200; ++tries) {
        auto const refused = commit_later(*store, {message("lobby", "refused too")}).get();
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == Code::read_only);
        CHECK_FALSE(store->writable());
        CHECK_FALSE(store->checkpoint().ok());
    }
    CHECK(store->messages(RoomId{"lobby"}, 1, 10)->size() == 1);

    store.reset();
    store = open_store(*disk);
    CHECK(store->writable());
    REQUIRE(commit_later(*store, {message("lobby", "after")}).get().ok());
    CHECK(store->last_seq(RoomId{"lobby"}) == 2);
}

TEST_CASE("with interval durability a power cut costs the newest batches, a failed fsync costs none") {
    auto const disk = std::make_unique<MemoryFiles>();
    Options options;
    options.durability = Durability::interval;
    auto tuning = impatient();
    tuning.sync_interval = std::chrono::hours{1};
    auto store = open_store(*disk, options, tuning);
    for (auto const* text : {"a", "b"}) REQUIRE(commit_later(*store, {message("lobby", text)}).get().ok());
    CHECK(open_store(*disk->after_power_cut(0))->last_seq(RoomId{"lobby"}) == 0);
    CHECK(open_store(*disk->after_kill())->last_seq(RoomId{"lobby"}) == 2);

    // The fsync that the checkpoint begins with fails; what was acknowledged goes into a new segment.
    WritableWatch watch{*store};
    disk->fail_at(1, Failure::once_full);
    CHECK_FALSE(store->checkpoint().ok());
    watch.wait_until_writable();
    REQUIRE(commit_later(*store, {message("lobby", "c")}).get().ok());
    REQUIRE(store->checkpoint().ok());
    CHECK(open_store(*disk->after_power_cut(0))->last_seq(RoomId{"lobby"}) == 3);
    auto const contents = read_contents(*open_store(*disk->after_power_cut(0)));
    CHECK(contents.messages.at("lobby").size() == 3);
}

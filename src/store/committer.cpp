#include "store/committer.hpp"

#include <algorithm>
#include <exception>

#include "base/log.hpp"
#include "store/changes.hpp"
#include "store/commit_later.hpp"

namespace soyuz::store {
namespace {

base::Error read_only() {
    return {base::Code::read_only, "Nothing can be saved at the moment. Please try again later.",
            std::chrono::seconds{2}};
}

base::Error outcome_unknown() {
    return {base::Code::internal, "The disk failed: this may or may not have been saved."};
}

std::size_t text_bytes(Batch const& batch) {
    std::size_t bytes = 0;
    for (auto const& change : batch)
        if (auto const* text = text_of(change)) bytes += text->size();
    return bytes;
}

void append_changes(std::vector<MessageChange>& changes, Batch const& batch, std::vector<Seq> const& seqs) {
    auto seq = seqs.begin();
    for (auto const& change : batch) {
        if (auto const* append = std::get_if<AppendMessage>(&change)) changes.push_back({append->room, *seq++});
        if (auto const* replace = std::get_if<ReplaceMessage>(&change))
            changes.push_back({replace->room, replace->seq});
        if (auto const* erase = std::get_if<EraseMessages>(&change)) changes.push_back({erase->room, 0});
    }
}

std::uint64_t microseconds_since(std::chrono::steady_clock::time_point start) {
    auto const span = std::chrono::steady_clock::now() - start;
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(span).count());
}

void run_done(Done& done, Result<Committed> result) {
    if (!done) return;
    try {
        done(std::move(result));
    } catch (std::exception const& error) {
        base::log::error("what follows a commit failed", {{"error", error.what()}});
    }
}

}  // namespace

Committer::Committer(Files& files, Options const& options, Tuning const& tuning, SharedState& shared,
                     std::function<void()> journal_is_large)
    : options_(options),
      tuning_(tuning),
      shared_(shared),
      journal_is_large_(std::move(journal_is_large)),
      journal_(files, options.folder / "journal") {}

int Committer::start(std::uint64_t next) {
    int const error = journal_.begin_segment(next);
    number_ = next - 1;
    if (error == 0) thread_ = std::thread{[this] { run(); }};
    return error;
}

void Committer::stop() {
    if (!thread_.joinable()) return;
    {
        std::lock_guard const lock{queue_mutex_};
        is_stopping_ = true;
    }
    queue_changed_.notify_all();
    thread_.join();
}

void Committer::attach(Store::Hooks hooks) {
    std::lock_guard const lock{hooks_mutex_};
    hooks_ = std::move(hooks);
}

void Committer::commit(Batch batch, Done done) {
    if (auto checked = check_batch(batch); !checked) return run_done(done, checked.error());
    auto const bytes = text_bytes(batch);
    bool is_asleep = false;
    {
        std::lock_guard lock{queue_mutex_};
        // The journal grows without bound only where checkpoints can't keep up or fail.
        bool const has_room = waiting_ < options_.max_queued_batches && !is_stopping_ &&
                              (waiting_ == 0 || waiting_bytes_ + bytes <= options_.max_queued_bytes) &&
                              journal_bytes_ < 4 * static_cast<std::uint64_t>(options_.checkpoint_journal_bytes);
        if (has_room) {
            ++waiting_;
            waiting_bytes_ += bytes;
            if (queue_.empty()) oldest_queued_ = std::chrono::steady_clock::now();
            queue_.push_back({std::move(batch), std::move(done), {}, 0, bytes});
            is_asleep = std::exchange(is_asleep_, false);
            if (!is_asleep) return;
        }
    }
    if (is_asleep) return queue_changed_.notify_one();
    run_done(done, base::Error{base::Code::rate_limited, "Too much is waiting to be saved. Please try again.",
                               std::chrono::seconds{1}});
}

int Committer::with_journal(std::function<int(Journal&)> const& task) {
    return await<int>([&](auto done) {
        {
            std::lock_guard const lock{queue_mutex_};
            tasks_.push_back([&, done] { done(task(journal_)); });
            is_asleep_ = false;
        }
        queue_changed_.notify_one();
    });
}

std::chrono::milliseconds Committer::next_wake_up() const {
    auto const left = [](std::chrono::steady_clock::time_point at) {
        auto const wait = std::chrono::ceil<std::chrono::milliseconds>(at - std::chrono::steady_clock::now());
        return std::max(wait, std::chrono::milliseconds{0});
    };
    if (journal_.broken()) return left(next_probe_);
    if (journal_.has_unsynced()) return left(next_sync_);
    return std::chrono::hours{1};
}

void Committer::run() {
    std::vector<Queued> group;
    std::vector<std::function<void()>> tasks;
    std::chrono::steady_clock::time_point since;
    while (true) {
        {
            std::unique_lock lock{queue_mutex_};
            auto const has_work = [&] { return !queue_.empty() || !tasks_.empty() || is_stopping_; };
            if (!has_work()) {
                is_asleep_ = true;
                queue_changed_.wait_for(lock, next_wake_up(), has_work);
                is_asleep_ = false;
                // Where a loop shares this core, it reads its turn to the end first: one fsync then serves all of it.
                lock.unlock();
                std::this_thread::yield();
                lock.lock();
            }
            if (is_stopping_ && queue_.empty() && tasks_.empty()) break;
            group.swap(queue_);
            tasks.swap(tasks_);
            since = oldest_queued_;
        }
        for (std::size_t from = 0; from < group.size();) from = write_part(group, from);
        if (!group.empty()) waits_.record(microseconds_since(since));
        group.clear();
        for (auto& task : tasks) task();
        tasks.clear();
        care_for_disk();
    }
    if (journal_.has_unsynced() && !journal_.broken()) journal_.sync();
}

/// Commits as many batches as one write should hold. Returns where the next part begins.
std::size_t Committer::write_part(std::vector<Queued>& group, std::size_t from) {
    if (journal_.broken()) {
        auto const failure = read_only();
        finish(group, from, group.size(), &failure);
        return group.size();
    }
    lines_.clear();
    std::size_t to = from;
    auto const first_number = journal_.next();
    auto number = first_number;
    while (to < group.size() && lines_.size() < tuning_.group_bytes) {
        auto& queued = group[to++];
        if (!number_batch(queued)) continue;
        queued.number = number++;
        append_record(lines_, queued.number, queued.batch, queued.seqs);
    }
    if (number == first_number) {
        finish(group, from, to, nullptr);
        return to;
    }
    bool const was_synced = !journal_.has_unsynced();
    bool const is_durable = options_.durability == Durability::commit;
    if (journal_.append(lines_, number - 1, is_durable) < 0) {
        // The places given to this part are free again.
        next_seqs_.clear();
        auto const failure = journal_.is_cut() ? read_only() : outcome_unknown();
        next_probe_ = std::chrono::steady_clock::now() + tuning_.probe_interval;
        set_writable(false);
        finish(group, from, to, &failure);
        return to;
    }
    if (!is_durable && was_synced) next_sync_ = std::chrono::steady_clock::now() + tuning_.sync_interval;
    last_fsync_ = journal_.last_sync().count();
    if (is_durable) fsyncs_.record(static_cast<std::uint64_t>(journal_.last_sync().count()));
    groups_.record(number - first_number);
    ++commits_;
    batches_ += number - first_number;
    bytes_ += lines_.size();
    std::vector<MessageChange> changes;
    for (std::size_t i = from; i < to; ++i)
        if (group[i].number != 0) append_changes(changes, group[i].batch, group[i].seqs);
    number_ = number - 1;
    {
        std::unique_lock const lock{shared_.mutex};
        for (std::size_t i = from; i < to; ++i) {
            if (group[i].number != 0) shared_.state.apply(group[i].number, std::move(group[i].batch), group[i].seqs);
        }
    }
    if (!changes.empty()) tell_changes(changes);
    finish(group, from, to, nullptr);
    auto const before = journal_bytes_.fetch_add(lines_.size());
    auto const enough = options_.checkpoint_journal_bytes;
    if (before < enough && before + lines_.size() >= enough) journal_is_large_();
    return to;
}

Seq& Committer::next_seq(std::string const& room) {
    auto const [place, is_new] = next_seqs_.try_emplace(room, 0);
    if (is_new) place->second = shared_.last_seq(room) + 1;
    return place->second;
}

/// Gives places to the messages of a batch. False, with all places given back, if it replaces a message that is not
/// there.
bool Committer::number_batch(Queued& queued) {
    std::vector<std::pair<Seq*, Seq>> before;
    for (auto const& change : queued.batch) {
        if (auto const* append = std::get_if<AppendMessage>(&change)) {
            auto& next = next_seq(append->room.value);
            if (queued.batch.size() > 1) before.emplace_back(&next, next);
            queued.seqs.push_back(next++);
        } else if (auto const* erase = std::get_if<EraseMessages>(&change)) {
            auto& next = next_seq(erase->room.value);
            before.emplace_back(&next, next);
            next = 1;
        } else if (auto const* replace = std::get_if<ReplaceMessage>(&change)) {
            if (replace->seq != 0 && replace->seq < next_seq(replace->room.value)) continue;
            for (auto undo = before.rbegin(); undo != before.rend(); ++undo) *undo->first = undo->second;
            return false;
        }
    }
    return true;
}

void Committer::finish(std::vector<Queued>& group, std::size_t from, std::size_t to, base::Error const* failure) {
    for (std::size_t i = from; i < to; ++i) {
        auto& queued = group[i];
        --waiting_;
        waiting_bytes_ -= queued.bytes;
        if (failure != nullptr) {
            run_done(queued.done, *failure);
        } else if (queued.number == 0) {
            run_done(queued.done, base::Error{base::Code::not_found, "There is no such message."});
        } else {
            messages_.fetch_add(queued.seqs.size(), std::memory_order_relaxed);
            run_done(queued.done, Committed{std::move(queued.seqs)});
        }
    }
    if (failure != nullptr) return;
    std::lock_guard const lock{hooks_mutex_};
    if (hooks_.group_committed) hooks_.group_committed();
}

void Committer::tell_changes(std::vector<MessageChange> const& changes) {
    std::lock_guard const lock{hooks_mutex_};
    if (hooks_.messages_changed) hooks_.messages_changed(changes);
}

/// Fsyncs what is due, and probes a disk that failed.
void Committer::care_for_disk() {
    auto const now = std::chrono::steady_clock::now();
    if (journal_.broken() && now >= next_probe_) {
        if (journal_.repair() == 0) {
            set_writable(true);
        } else {
            next_probe_ = std::chrono::steady_clock::now() + tuning_.probe_interval;
        }
    }
    if (!journal_.broken() && journal_.has_unsynced() && now >= next_sync_) journal_.sync();
    if (journal_.broken()) set_writable(false);
}

void Committer::set_writable(bool writable) {
    if (is_writable_.exchange(writable) == writable) return;
    if (writable) {
        base::log::info("the disk takes writes again");
    } else {
        base::log::error(journal_.is_lost()
                             ? "The disk failed to keep what was written: nothing is accepted until the server is "
                               "started again. Look at the disk first."
                             : "The disk is full or failing: nothing is accepted until it recovers.");
    }
    std::lock_guard const lock{hooks_mutex_};
    if (hooks_.writable_changed) hooks_.writable_changed(writable);
}

Store::Figures Committer::figures() const {
    Store::Figures figures;
    figures.commits = commits_;
    figures.batches = batches_;
    figures.bytes = bytes_;
    figures.queued = waiting_;
    figures.messages = messages_;
    figures.last_fsync = std::chrono::microseconds{last_fsync_};
    figures.fsync = fsyncs_.snapshot();
    figures.commit = waits_.snapshot();
    figures.group = groups_.snapshot();
    return figures;
}

}  // namespace soyuz::store

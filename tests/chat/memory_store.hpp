#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>

#include "store/store.hpp"

namespace soyuz::chat::test {

/// A store in memory, with a committer's thread of its own as the real one has. `hold` keeps commits waiting until
/// `release`; `refuse` makes it fail as a full disk does. What is "durable" outlives the services that use it.
class MemoryStore final : public store::Store {
public:
    MemoryStore() : committer_([this] { run(); }) {}
    ~MemoryStore() override {
        {
            std::lock_guard const lock{mutex_};
            stopping_ = true;
            held_ = false;
        }
        changed_.notify_all();
        committer_.join();
    }

    void hold() { set_held(true); }
    void release() { set_held(false); }
    void refuse(bool refusing) { refusing_ = refusing; }
    /// Waits until nothing is queued and every `done` has run.
    void settle() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return queue_.empty() && !busy_; });
    }

    void commit(store::Batch batch, store::Done done) override {
        {
            std::lock_guard const lock{mutex_};
            queue_.emplace_back(std::move(batch), std::move(done));
        }
        changed_.notify_all();
    }
    void attach(Hooks) override {}

    void each_document(
        std::string const& collection,
        std::function<void(std::string const& id, nlohmann::json const& value)> const& visit) const override {
        std::map<std::string, std::string> copy;
        {
            std::lock_guard const lock{data_};
            if (auto const found = documents_.find(collection); found != documents_.end()) copy = found->second;
        }
        for (auto const& [id, value] : copy) visit(id, nlohmann::json::parse(value));
    }
    base::Seq last_seq(base::RoomId const& room) const override {
        std::lock_guard const lock{data_};
        auto const found = messages_.find(room.value);
        return found == messages_.end() ? 0 : found->second.size();
    }
    base::Result<std::vector<store::StoredMessage>> messages(base::RoomId const& room, base::Seq first,
                                                             base::Seq last) const override {
        std::lock_guard const lock{data_};
        std::vector<store::StoredMessage> list;
        auto const found = messages_.find(room.value);
        if (found == messages_.end()) return list;
        for (auto seq = std::max<base::Seq>(first, 1); seq <= last && seq <= found->second.size(); ++seq)
            list.push_back({seq, found->second[seq - 1]});
        return list;
    }
    std::vector<std::string> log_tail(std::string const& log, std::size_t limit) const override {
        std::lock_guard const lock{data_};
        auto const found = logs_.find(log);
        if (found == logs_.end()) return {};
        auto const& lines = found->second;
        return {lines.end() - static_cast<std::ptrdiff_t>(std::min(limit, lines.size())), lines.end()};
    }
    base::Result<void> checkpoint() override { return {}; }
    void purge() override {}
    bool writable() const override { return !refusing_; }
    Figures figures() const override { return {}; }

private:
    void set_held(bool held) {
        {
            std::lock_guard const lock{mutex_};
            held_ = held;
        }
        changed_.notify_all();
    }

    void run() {
        std::unique_lock lock{mutex_};
        for (;;) {
            changed_.wait(lock, [this] { return (!queue_.empty() && !held_) || stopping_; });
            if (queue_.empty()) return;
            auto [batch, done] = std::move(queue_.front());
            queue_.pop_front();
            busy_ = true;
            lock.unlock();
            if (refusing_) {
                done(base::Error{base::Code::read_only, "The disk is full."});
            } else {
                done(apply(batch));
            }
            lock.lock();
            busy_ = false;
            changed_.notify_all();
        }
    }

    store::Committed apply(store::Batch const& batch) {
        store::Committed committed;
        std::lock_guard const lock{data_};
        for (auto const& change : batch) {
            if (auto const* put = std::get_if<store::Put>(&change)) {
                documents_[put->collection][put->id] = put->value;
            } else if (auto const* erase = std::get_if<store::Erase>(&change)) {
                documents_[erase->collection].erase(erase->id);
            } else if (auto const* append = std::get_if<store::AppendMessage>(&change)) {
                auto& room = messages_[append->room.value];
                room.push_back(append->body);
                committed.seqs.push_back(room.size());
            } else if (auto const* replace = std::get_if<store::ReplaceMessage>(&change)) {
                messages_.at(replace->room.value).at(replace->seq - 1) = replace->body;
            } else if (auto const* gone = std::get_if<store::EraseMessages>(&change)) {
                messages_.erase(gone->room.value);
            } else if (auto const* line = std::get_if<store::AppendLog>(&change)) {
                logs_[line->log].push_back(line->line);
            }
        }
        return committed;
    }

    std::mutex mutex_;  ///< guards the queue
    std::condition_variable changed_;
    std::deque<std::pair<store::Batch, store::Done>> queue_;
    bool held_ = false;
    bool busy_ = false;
    bool stopping_ = false;
    std::atomic<bool> refusing_ = false;

    mutable std::mutex data_;  ///< guards what is durable
    std::map<std::string, std::map<std::string, std::string>> documents_;
    std::map<std::string, std::vector<std::string>> messages_;
    std::map<std::string, std::vector<std::string>> logs_;

    std::thread committer_;
};

}  // namespace soyuz::chat::test

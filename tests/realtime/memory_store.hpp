#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "store/store.hpp"

namespace soyuz::tests {

/// A store in memory, whose group commits of messages happen when the test says so; all other changes are made at
/// once. Thread-safe.
class MemoryStore final : public store::Store {
public:
    void commit(store::Batch batch, store::Done done) override {
        bool const about_messages = std::any_of(batch.begin(), batch.end(), [](store::Change const& change) {
            return std::holds_alternative<store::AppendMessage>(change) ||
                   std::holds_alternative<store::ReplaceMessage>(change);
        });
        if (!about_messages) return apply(std::move(batch), done);
        std::lock_guard lock(mutex_);
        queue_.emplace_back(std::move(batch), std::move(done));
    }

    /// Commits what was queued, as one group.
    void commit_now() {
        std::deque<std::pair<store::Batch, store::Done>> queue;
        {
            std::lock_guard lock(mutex_);
            queue.swap(queue_);
        }
        for (auto& [batch, done] : queue) {
            if (!fails)
                apply(std::move(batch), done);
            else if (done)
                done(base::Error{base::Code::read_only, "Messages cannot be saved now."});
        }
        if (hooks_.group_committed && !fails) hooks_.group_committed();
    }
    bool fails = false;

    void attach(Hooks hooks) override { hooks_ = std::move(hooks); }

    void each_document(std::string const& collection,
                       std::function<void(std::string const&, nlohmann::json const&)> const& visit) const override {
        std::map<std::string, std::string> documents;
        {
            std::lock_guard lock(mutex_);
            if (auto const found = documents_.find(collection); found != documents_.end()) documents = found->second;
        }
        for (auto const& [id, value] : documents) visit(id, nlohmann::json::parse(value));
    }

    base::Seq last_seq(base::RoomId const& room) const override {
        std::lock_guard lock(mutex_);
        auto const found = messages_.find(room);
        return found == messages_.end() ? 0 : found->second.size();
    }

    base::Result<std::vector<store::StoredMessage>> messages(base::RoomId const& room, base::Seq first,
                                                             base::Seq last) const override {
        std::lock_guard lock(mutex_);
        std::vector<store::StoredMessage> found;
        auto const at = messages_.find(room);
        if (at == messages_.end()) return found;
        for (auto seq = std::max<base::Seq>(first, 1); seq <= last && seq <= at->second.size(); ++seq)
            found.push_back({seq, at->second[seq - 1]});
        return found;
    }

    std::vector<std::string> log_tail(std::string const&, std::size_t) const override { return {}; }
    base::Result<void> checkpoint() override { return {}; }
    void purge() override {}
    bool writable() const override { return !fails; }
    Figures figures() const override { return {}; }

private:
    void apply(store::Batch batch, store::Done const& done) {
        store::Committed committed;
        {
            std::lock_guard lock(mutex_);
            for (auto& change : batch) apply(change, committed);
        }
        if (done) done(committed);
    }
    void apply(store::Change& change, store::Committed& committed) {
        if (auto* const put = std::get_if<store::Put>(&change)) {
            documents_[put->collection][put->id] = put->value;
        } else if (auto* const erase = std::get_if<store::Erase>(&change)) {
            documents_[erase->collection].erase(erase->id);
        } else if (auto* const append = std::get_if<store::AppendMessage>(&change)) {
            messages_[append->room].push_back(append->body);
            committed.seqs.push_back(messages_[append->room].size());
        } else if (auto* const replace = std::get_if<store::ReplaceMessage>(&change)) {
            messages_[replace->room].at(replace->seq - 1) = replace->body;
        } else if (auto* const forget = std::get_if<store::EraseMessages>(&change)) {
            messages_.erase(forget->room);
        }
    }

    mutable std::mutex mutex_;
    Hooks hooks_;
    std::deque<std::pair<store::Batch, store::Done>> queue_;
    std::map<std::string, std::map<std::string, std::string>> documents_;
    std::map<base::RoomId, std::vector<std::string>> messages_;
};

}  // namespace soyuz::tests

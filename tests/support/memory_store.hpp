#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "store/store.hpp"

namespace soyuz::tests {

/// A store in memory. When a commit happens is for those who derive from it to say; what is "durable" outlives the
/// services that use it. Thread-safe.
class MemoryStore : public store::Store {
public:
    /// Commits fail from now on, as on a full disk, or no longer.
    void refuse(bool refusing) { refusing_ = refusing; }

    void attach(Hooks hooks) override { hooks_ = std::move(hooks); }
    void each_document(
        std::string const& collection,
        std::function<void(std::string const& id, nlohmann::json const& value)> const& visit) const override {
        std::map<std::string, std::string> copy;
        {
            std::lock_guard const lock{mutex_};
            if (auto const found = documents_.find(collection); found != documents_.end()) copy = found->second;
        }
        for (auto const& [id, value] : copy) visit(id, nlohmann::json::parse(value));
    }
    base::Seq last_seq(base::RoomId const& room) const override {
        std::lock_guard const lock{mutex_};
        auto const found = messages_.find(room);
        return found == messages_.end() ? 0 : found->second.size();
    }
    std::uint64_t number() const override { return number_; }
    base::Result<std::vector<store::StoredMessage>> messages(base::RoomId const& room, base::Seq first,
                                                             base::Seq last) const override {
        std::lock_guard const lock{mutex_};
        std::vector<store::StoredMessage> list;
        auto const found = messages_.find(room);
        if (found == messages_.end()) return list;
        for (auto seq = std::max<base::Seq>(first, 1); seq <= last && seq <= found->second.size(); ++seq)
            list.push_back({seq, found->second[seq - 1]});
        return list;
    }
    std::vector<std::string> log_tail(std::string const& log, std::size_t limit) const override {
        std::lock_guard const lock{mutex_};
        auto const found = logs_.find(log);
        if (found == logs_.end()) return {};
        auto const& lines = found->second;
        return {lines.end() - static_cast<std::ptrdiff_t>(std::min(limit, lines.size())), lines.end()};
    }
    base::Result<void> checkpoint() override { return {}; }
    void purge() override {}
    bool writable() const override { return !refusing_; }
    Figures figures() const override { return {}; }

protected:
    Hooks const& hooks() const { return hooks_; }
    /// Makes the changes, and calls `done`.
    void apply(store::Batch const& batch, store::Done const& done) {
        if (refusing_) {
            if (done) done(base::Error{base::Code::read_only, "The disk is full."});
            return;
        }
        store::Committed committed;
        {
            std::lock_guard const lock{mutex_};
            for (auto const& change : batch) apply(change, committed);
        }
        ++number_;
        tell_changes(batch, committed.seqs);
        if (done) done(committed);
    }

private:
    void apply(store::Change const& change, store::Committed& committed) {
        if (auto const* put = std::get_if<store::Put>(&change)) {
            documents_[put->collection][put->id] = put->value;
        } else if (auto const* erase = std::get_if<store::Erase>(&change)) {
            documents_[erase->collection].erase(erase->id);
        } else if (auto const* append = std::get_if<store::AppendMessage>(&change)) {
            auto& room = messages_[append->room];
            room.push_back(append->body);
            committed.seqs.push_back(room.size());
        } else if (auto const* replace = std::get_if<store::ReplaceMessage>(&change)) {
            messages_.at(replace->room).at(replace->seq - 1) = replace->body;
        } else if (auto const* gone = std::get_if<store::EraseMessages>(&change)) {
            messages_.erase(gone->room);
        } else if (auto const* line = std::get_if<store::AppendLog>(&change)) {
            logs_[line->log].push_back(line->line);
        }
    }

    void tell_changes(store::Batch const& batch, std::vector<base::Seq> const& seqs) {
        if (!hooks_.messages_changed) return;
        std::vector<store::MessageChange> changes;
        auto seq = seqs.begin();
        for (auto const& change : batch) {
            if (auto const* append = std::get_if<store::AppendMessage>(&change))
                changes.push_back({append->room, *seq++});
            if (auto const* replace = std::get_if<store::ReplaceMessage>(&change))
                changes.push_back({replace->room, replace->seq});
            if (auto const* gone = std::get_if<store::EraseMessages>(&change)) changes.push_back({gone->room, 0});
        }
        hooks_.messages_changed(changes);
    }

    Hooks hooks_;
    std::atomic<std::uint64_t> number_ = 0;
    std::atomic<bool> refusing_ = false;
    mutable std::mutex mutex_;  ///< guards what follows
    std::map<std::string, std::map<std::string, std::string>> documents_;
    std::map<base::RoomId, std::vector<std::string>> messages_;
    std::map<std::string, std::vector<std::string>> logs_;
};

}  // namespace soyuz::tests

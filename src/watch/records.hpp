#pragma once

#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/log.hpp"
#include "base/result.hpp"
#include "store/commit_later.hpp"
#include "store/store.hpp"

namespace soyuz::watch {

/// One collection of the store in memory. A `Record` has an `id`, `document()` and `parse(id, json)`.
///
/// Thread-safe. Memory changes at once and in the order of the disk; what a call gives says when that is durable, and
/// may be left alone.
template <class Record>
class Records {
public:
    using Ptr = std::shared_ptr<Record const>;
    using Written = std::future<base::Result<store::Committed>>;

    /// Reads what is stored; `store` is kept.
    Records(store::Store& store, std::string collection) : store_(store), collection_(std::move(collection)) {
        store_.each_document(collection_, [this](std::string const& id, nlohmann::json const& value) {
            auto parsed = Record::parse(id, value);
            if (!parsed) return base::log::warn("unreadable record left out", {{"of", collection_}, {"id", id}});
            records_.emplace(id, std::make_shared<Record const>(std::move(*parsed)));
        });
    }

    Ptr find(std::string_view id) const {
        std::lock_guard const lock{mutex_};
        auto const found = records_.find(id);
        return found == records_.end() ? nullptr : found->second;
    }
    std::size_t size() const {
        std::lock_guard const lock{mutex_};
        return records_.size();
    }
    /// In the order of their ids.
    template <class Predicate>
    std::vector<Ptr> select(Predicate const& matches) const {
        std::vector<Ptr> found;
        std::lock_guard const lock{mutex_};
        for (auto const& [id, each] : records_)
            if (matches(*each)) found.push_back(each);
        return found;
    }
    std::vector<Ptr> all() const {
        return select([](Record const&) { return true; });
    }

    /// Adds a record, or replaces the one of its id.
    std::pair<Ptr, Written> put(Record record) {
        std::lock_guard const lock{mutex_};
        return put_locked(std::move(record));
    }
    /// Has `edit` change a copy, which takes the record's place unless `edit` gives an error. Errors: not_found.
    std::pair<base::Result<Ptr>, Written> edit(std::string_view id,
                                               std::function<base::Result<void>(Record&)> const& edit) {
        std::lock_guard const lock{mutex_};
        auto const found = records_.find(id);
        if (found == records_.end())
            return {base::Error{base::Code::not_found, "There is no such thing here."}, Written{}};
        Record after = *found->second;
        if (auto const done = edit(after); !done) return {done.error(), Written{}};
        auto [changed, written] = put_locked(std::move(after));
        return {std::move(changed), std::move(written)};
    }
    /// Null where there was none.
    std::pair<Ptr, Written> take(std::string_view id) {
        std::lock_guard const lock{mutex_};
        auto const found = records_.find(id);
        if (found == records_.end()) return {nullptr, Written{}};
        auto gone = std::move(found->second);
        records_.erase(found);
        return {gone, store::commit_later(store_, {store::Erase{collection_, gone->id}})};
    }

    /// `put` and `edit` that wait for the disk: for workers. Errors: not_found, those of `edit` and of the store.
    base::Result<Ptr> put_and_wait(Record record) {
        auto [made, written] = put(std::move(record));
        if (auto const done = store::wait_for(std::move(written)); !done) return done.error();
        return made;
    }
    base::Result<Ptr> edit_and_wait(std::string_view id, std::function<base::Result<void>(Record&)> const& change) {
        auto [changed, written] = edit(id, change);
        if (!changed) return changed;
        if (auto const done = store::wait_for(std::move(written)); !done) return done.error();
        return changed;
    }
    base::Result<Ptr> take_and_wait(std::string_view id) {
        auto [gone, written] = take(id);
        if (!gone) return base::Error{base::Code::not_found, "There is no such thing here."};
        if (auto const done = store::wait_for(std::move(written)); !done) return done.error();
        return gone;
    }

private:
    /// The caller holds `mutex_`.
    std::pair<Ptr, Written> put_locked(Record record) {
        auto made = std::make_shared<Record const>(std::move(record));
        auto written = store::commit_later(store_, {store::Put{collection_, made->id, made->document()}});
        records_[made->id] = made;
        return {std::move(made), std::move(written)};
    }

    store::Store& store_;
    std::string const collection_;
    mutable std::mutex mutex_;  ///< guards `records_`
    std::map<std::string, Ptr, std::less<>> records_;
};

}  // namespace soyuz::watch

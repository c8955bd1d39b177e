#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "search/database.hpp"
#include "search/index_state.hpp"
#include "search/query.hpp"

namespace soyuz::search {

/// What is looked for, by whom.
struct Request {
    std::vector<Clause> clauses;
    std::function<bool(base::RoomId const&)> may_read;
    std::optional<base::RoomId> room;
    std::string sender;
    std::uint8_t has = 0;
    std::optional<base::Timestamp> before, after;
};

/// Places where messages stand that may answer to a request, newest first. Whoever asks reads them and looks whether
/// they do: an index tells where to look, and texts are what counts. Keeps the index's reading connection; for one
/// thread, and not for long. May throw DatabaseFailure.
class Candidates {
public:
    Candidates(IndexState const& state, Database& database, std::unique_lock<std::mutex> reading, Request request);

    struct Stretch {
        base::RoomId room;
        base::Seq first = 0, last = 0;
        base::Timestamp ended{};  ///< when the newest of it was sent; no later stretch has a newer one
    };
    std::optional<Stretch> next();

private:
    struct Later {
        bool operator()(Stretch const& one, Stretch const& other) const { return one.ended < other.ended; }
    };

    bool is_wanted(Block const& block) const;
    void take_fresh();
    void ask_shard(std::size_t shard);
    void add(Block const& block);
    /// What FTS5 is asked; nothing where no block of the shard can answer, "" where every one may.
    std::optional<std::string> question(std::size_t shard, std::size_t wanted_blocks) const;
    std::optional<std::string> about(Clause const& clause, Vocabulary const& vocabulary) const;

    IndexState const& state_;
    Database& database_;
    std::unique_lock<std::mutex> const reading_;
    Request const request_;
    std::vector<char> may_read_;       ///< by room
    std::vector<std::size_t> shards_;  ///< to be asked, the newest last
    std::priority_queue<Stretch, std::vector<Stretch>, Later> stretches_;
};

}  // namespace soyuz::search

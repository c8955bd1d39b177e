#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.hpp"
#include "base/histogram.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

namespace soyuz::store {

using base::Result;
using base::RoomId;
using base::Seq;

/// Sets one document of a collection, for example users / <user id>. `value` is the text of a JSON object on one line.
struct Put {
    std::string collection;
    std::string id;
    std::string value;
};

/// Removes one document; no error if there is none.
struct Erase {
    std::string collection;
    std::string id;
};

/// Adds a message at the end of a room. `body` is the text of a JSON object on one line, without the members
/// `seq` and `crc`, which the store adds.
struct AppendMessage {
    RoomId room;
    std::string body;
};

/// Rewrites a message (an edit, a deletion, a reaction). It keeps its place.
struct ReplaceMessage {
    RoomId room;
    Seq seq = 0;
    std::string body;
};

/// Forgets a room's messages. Should the room be used again, its places begin at 1.
struct EraseMessages {
    RoomId room;
};

/// Adds a line to a log that people read, for example "spam_log". `line` is the text of a JSON object on one line.
struct AppendLog {
    std::string log;
    std::string line;
};

using Change = std::variant<Put, Erase, AppendMessage, ReplaceMessage, EraseMessages, AppendLog>;

/// Changes that become durable together or not at all.
using Batch = std::vector<Change>;

/// What a commit gave: the `seq` of each AppendMessage of the batch, in order.
struct Committed {
    std::vector<Seq> seqs;
};

using Done = std::function<void(Result<Committed>)>;

struct StoredMessage {
    Seq seq = 0;
    std::string body;  ///< the JSON object as it was appended or last replaced
};

/// That a message was added or replaced; or, with `seq` 0, that all of a room were forgotten.
struct MessageChange {
    RoomId room;
    Seq seq = 0;
};

enum class Durability {
    commit,    ///< `done` waits for fsync
    interval,  ///< `done` waits for the write; fsync follows within a second
};

struct Options {
    std::filesystem::path folder;
    Durability durability = Durability::commit;
    bool strict_recovery = false;
    std::chrono::milliseconds checkpoint_interval{30'000};
    std::size_t checkpoint_journal_bytes = 64U << 20U;  ///< a checkpoint starts once the journal is this large
    std::size_t max_queued_batches = 65'536;            ///< more waiting commits are refused with `rate_limited`
    std::size_t max_queued_bytes = 64U << 20U;          ///< of texts in them; the same beyond
    std::vector<std::string> collections;  ///< whose files stand in the folder from the start, empty or not
    std::size_t recent_messages = 256;     ///< newest messages of each room that stay in memory
};

/// Why a folder could not be opened; maps to an exit code of sysexits.h.
struct OpenFailure {
    enum class Kind { locked, damaged, newer_version, unusable } kind;
    std::string message;  ///< one line; names the process id, or file and byte
};

/// Durable state: documents, the messages of rooms, and logs, in one folder that only this process may write.
///
/// A change is in the journal and fsynced before its `done` runs; a checkpoint later writes it to the readable files.
/// Thread-safe. `commit` never blocks on the disk; calls that do say so.
class Store {
public:
    /// Locks the folder (made if absent), recovers, and starts the committer.
    static std::variant<std::unique_ptr<Store>, OpenFailure> open(Options options, base::Clock const& clock);

    virtual ~Store() = default;

    /// Queues a batch. `done` runs on the committer's thread, in commit order, once the batch is durable; or with
    /// the error that prevented it: read_only (disk full or failing), not_found (it replaces a message that is not
    /// there), internal (the disk failed so badly that it may or may not be stored); on the caller's thread
    /// rate_limited, and bad_request (a text that is not a JSON object on one line, a name that is not plain).
    /// `done` must be quick and may call `commit` again, but nothing that blocks on the disk.
    virtual void commit(Batch batch, Done done) = 0;

    /// What the store tells on the committer's thread. Each may be empty.
    struct Hooks {
        std::function<void()> group_committed;  ///< after the `done`s of all batches that one fsync made durable
        std::function<void(bool writable)> writable_changed;
        /// What one fsync made durable, before the `done`s of its batches.
        std::function<void(std::vector<MessageChange> const&)> messages_changed;
    };

    /// Replaces the hooks of an earlier call.
    virtual void attach(Hooks hooks) = 0;

    /// Once this returns no hook runs any more: it waits for one that does. Not to be called from a hook.
    void detach() { attach({}); }

    /// Every document of a collection as it stands after recovery; called by services as they start.
    virtual void each_document(
        std::string const& collection,
        std::function<void(std::string const& id, nlohmann::json const& value)> const& visit) const = 0;

    /// Place of the newest committed message of a room; 0 where there is none.
    virtual Seq last_seq(RoomId const& room) const = 0;

    /// The newest committed record: another one after every change.
    virtual std::uint64_t number() const = 0;

    /// Messages with first <= seq <= last, ascending. Damaged ones are left out. May block on the disk.
    virtual Result<std::vector<StoredMessage>> messages(RoomId const& room, Seq first, Seq last) const = 0;

    /// The newest `limit` lines of a log, oldest first, as JSON texts. May block on the disk.
    virtual std::vector<std::string> log_tail(std::string const& log, std::size_t limit) const = 0;

    /// Writes all to the readable files and drops the journal's old segments. Blocks on the disk.
    virtual Result<void> checkpoint() = 0;

    /// Has everything rewritten soon, so that what was erased or replaced is nowhere in the folder any more: neither in
    /// the journal nor in a previous generation. Doesn't wait.
    virtual void purge() = 0;

    /// False while the disk is full or failing: commits are refused with read_only until a probe succeeds.
    virtual bool writable() const = 0;

    struct Figures {
        std::uint64_t commits = 0, batches = 0, bytes = 0, queued = 0, checkpoints = 0, quarantined = 0;
        std::uint64_t messages = 0;  ///< added since the start
        std::chrono::microseconds last_fsync{0};
        /// Microseconds: of each fsync, and of the oldest batch of each group from `commit` to its `done`.
        base::Histogram::Snapshot fsync, commit;
        base::Histogram::Snapshot group;  ///< batches that one fsync made durable
    };
    virtual Figures figures() const = 0;
};

/// The key that signs tokens, made on first use; kept in a file of mode 0600 beside the documents.
std::string load_or_make_secret(std::filesystem::path const& folder);

}  // namespace soyuz::store

#include "store/local_store.hpp"

#include <algorithm>
#include <cerrno>
#include <future>

#include <fcntl.h>

#include "base/log.hpp"
#include "store/changes.hpp"
#include "store/checking.hpp"

namespace soyuz::store {

LocalStore::LocalStore(Options options, base::Clock const& clock, Files& files, Tuning tuning)
    : options_(std::move(options)),
      tuning_(tuning),
      files_(files),
      quarantine_(files, options_.folder, clock),
      message_files_(files, options_.folder, quarantine_),
      journal_(files, options_.folder / "journal") {}

std::variant<std::unique_ptr<Store>, OpenFailure> LocalStore::open(Options options, base::Clock const& clock,
                                                                   Files& files, Tuning tuning) {
    std::unique_ptr<LocalStore> store{new LocalStore{std::move(options), clock, files, tuning}};
    if (auto failure = store->start()) return *std::move(failure);
    return store;
}

std::optional<OpenFailure> LocalStore::start() {
    auto const unusable = [&](int error) {
        return OpenFailure{OpenFailure::Kind::unusable,
                           "The data folder " + options_.folder.string() + " can't be used: " + error_text(error)};
    };
    if (int const error = ensure_folder(files_, options_.folder); error < 0) return unusable(error);
    // A new folder's own name has to outlive a power cut, too.
    auto const parent = std::filesystem::absolute(options_.folder / "").lexically_normal().parent_path().parent_path();
    if (int const error = files_.sync_folder(parent); error < 0 && error != -EACCES) return unusable(error);
    FolderLock::Failure failure;
    lock_ = FolderLock::take(files_, options_.folder, failure);
    if (!lock_) {
        return OpenFailure{failure.is_held ? OpenFailure::Kind::locked : OpenFailure::Kind::unusable, failure.message};
    }
    auto recovered = recover(files_, options_.folder, message_files_);
    if (recovered.failure) return *recovered.failure;
    auto const is_damage = [](Finding const& finding) { return finding.kind == Finding::Kind::damage; };
    bool const has_damage = std::any_of(recovered.findings.begin(), recovered.findings.end(), is_damage);
    if (options_.strict_recovery) {
        auto findings = recovered.findings;
        if (!has_damage) findings = examine(files_, options_.folder, recovered);
        auto const found = std::find_if(findings.begin(), findings.end(), is_damage);
        if (found != findings.end()) return OpenFailure{OpenFailure::Kind::damaged, describe(*found)};
    }
    if (int const error = make_folders(); error < 0) return unusable(error);
    if (int const error = settle(recovered); error < 0) return unusable(error);
    state_ = std::move(recovered.state);
    for (auto const& name : options_.collections) state_.collections.try_emplace(name);
    state_.trim_recent(options_.recent_messages, tuning_.recent_bytes);
    mark_number_ = recovered.mark.number;
    if (int const error = journal_.begin_segment(recovered.next); error < 0) return unusable(error);

    committer_ = std::thread{[this] { run_committer(); }};
    // Damaged parts of the journal are done with once everything readable is in the files.
    if (has_damage) write_checkpoint(true);
    checkpointer_ = std::thread{[this] { run_checkpointer(); }};
    return std::nullopt;
}

int LocalStore::make_folders() {
    for (auto const* name : {"journal", "messages", "previous"}) {
        if (int const error = ensure_folder(files_, options_.folder / name); error < 0) return error;
    }
    return files_.sync_folder(options_.folder);
}

int LocalStore::settle(Recovered const& recovered) {
    if (recovered.is_new) {
        // The mark stands before the first journal segment does, so that a journal is never without one.
        auto const path = options_.folder / "checkpoint.json";
        if (int const error = replace_file(files_, path, print_mark({})); error < 0) return error;
        return replace_file(files_, previous_path(path), print_mark({}));
    }
    for (auto const& finding : recovered.findings) {
        if (finding.kind == Finding::Kind::torn) {
            base::log::info("Repaired after a crash. " + describe(finding));
        } else if (!finding.bytes.empty()) {
            quarantine_.keep(finding.file, finding.byte, finding.bytes, finding.what);
        } else {
            base::log::warn("Damaged data. " + describe(finding));
        }
    }
    if (!recovered.torn_tail) return 0;
    OpenFile file{files_, recovered.torn_tail->path, O_WRONLY};
    if (!file.ok()) return file.error();
    if (int const error = files_.truncate(file.get(), recovered.torn_tail->end); error < 0) return error;
    return files_.sync(file.get());
}

LocalStore::~LocalStore() {
    if (!committer_.joinable()) return;
    {
        std::lock_guard lock{wish_mutex_};
        is_closing_ = true;
    }
    wish_changed_.notify_all();
    if (checkpointer_.joinable()) checkpointer_.join();
    on_committer([this] { return journal_.broken() ? journal_.repair() : 0; });
    if (auto const written = checkpoint(); !written) {
        base::log::warn("The last checkpoint failed; the next start reads the journal instead.");
    }
    {
        std::lock_guard lock{queue_mutex_};
        is_stopping_ = true;
    }
    queue_changed_.notify_all();
    committer_.join();
}

void LocalStore::attach(Hooks hooks) {
    std::lock_guard const lock{hooks_mutex_};
    hooks_ = std::move(hooks);
}

Store::Figures LocalStore::figures() const {
    Figures figures;
    figures.commits = commits_;
    figures.batches = batches_;
    figures.bytes = bytes_;
    figures.queued = waiting_;
    figures.checkpoints = checkpoints_;
    figures.messages = messages_;
    figures.fsync = fsyncs_.snapshot();
    figures.commit = waits_.snapshot();
    figures.group = groups_.snapshot();
    figures.quarantined = quarantine_.count();
    figures.last_fsync = std::chrono::microseconds{last_fsync_};
    return figures;
}

Result<Committed> Store::commit_and_wait(Batch batch) {
    std::promise<Result<Committed>> promise;
    auto future = promise.get_future();
    commit(std::move(batch), [&](Result<Committed> result) { promise.set_value(std::move(result)); });
    return future.get();
}

std::variant<std::unique_ptr<Store>, OpenFailure> Store::open(Options options, base::Clock const& clock) {
    return LocalStore::open(std::move(options), clock, system_files(), {});
}

}  // namespace soyuz::store

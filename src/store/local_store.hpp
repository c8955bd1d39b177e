#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "store/checkpointer.hpp"
#include "store/committer.hpp"
#include "store/damage_scan.hpp"
#include "store/folder_lock.hpp"
#include "store/reader.hpp"
#include "store/store.hpp"

namespace soyuz::store {

/// A store in a folder of this machine: opens it, and owns those who work on it.
class LocalStore final : public Store {
public:
    static std::variant<std::unique_ptr<Store>, OpenFailure> open(Options options, base::Clock const& clock,
                                                                  Files& files, Tuning tuning);
    ~LocalStore() override;

    void commit(Batch batch, Done done) override { committer_.commit(std::move(batch), std::move(done)); }
    void attach(Hooks hooks) override { committer_.attach(std::move(hooks)); }
    void each_document(std::string const& collection,
                       std::function<void(std::string const&, nlohmann::json const&)> const& visit) const override {
        reader_.each_document(collection, visit);
    }
    Seq last_seq(RoomId const& room) const override { return shared_.last_seq(room.value); }
    std::uint64_t number() const override { return committer_.number(); }
    Result<std::vector<StoredMessage>> messages(RoomId const& room, Seq first, Seq last) const override {
        return reader_.messages(room, first, last);
    }
    std::vector<std::string> log_tail(std::string const& log, std::size_t limit) const override {
        return reader_.log_tail(log, limit);
    }
    Result<void> checkpoint() override;
    void purge() override { checkpointer_.purge(); }
    bool writable() const override { return committer_.is_writable(); }
    Figures figures() const override;

private:
    LocalStore(Options options, base::Clock const& clock, Files& files, Tuning tuning);
    std::optional<OpenFailure> start();

    Options const options_;
    Tuning const tuning_;
    Files& files_;
    std::unique_ptr<FolderLock> lock_;
    Quarantine quarantine_;
    MessageFiles message_files_;
    SharedState shared_;
    Committer committer_;
    Checkpointer checkpointer_;
    DamageScan scan_;
    Reader reader_;
};

}  // namespace soyuz::store

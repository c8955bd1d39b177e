#pragma once

#include <functional>
#include <string>
#include <vector>

#include "store/message_files.hpp"
#include "store/state.hpp"
#include "store/store.hpp"

namespace soyuz::store {

/// Reads documents, messages and logs: what is new from memory, the rest from the files. Thread-safe.
class Reader {
public:
    Reader(Files& files, Path folder, MessageFiles const& messages, SharedState& shared)
        : files_(files), folder_(std::move(folder)), messages_(messages), shared_(shared) {}

    // As Store says.
    void each_document(std::string const& collection,
                       std::function<void(std::string const&, nlohmann::json const&)> const& visit) const;
    Result<std::vector<StoredMessage>> messages(RoomId const& room, Seq first, Seq last) const;
    std::vector<std::string> log_tail(std::string const& log, std::size_t limit) const;

private:
    Result<std::vector<StoredMessage>> from_files(std::string const& room, Seq first, Seq last,
                                                  std::map<Seq, Text> const& replaced) const;

    Files& files_;
    Path const folder_;
    MessageFiles const& messages_;
    SharedState& shared_;  ///< gets the damage that was met
};

}  // namespace soyuz::store

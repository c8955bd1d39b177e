#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "store/local_store.hpp"
#include "store/log_files.hpp"

namespace soyuz::store {

void LocalStore::each_document(std::string const& collection,
                               std::function<void(std::string const&, nlohmann::json const&)> const& visit) const {
    Documents documents;
    {
        std::shared_lock lock{state_mutex_};
        auto const found = state_.collections.find(collection);
        if (found == state_.collections.end()) return;
        documents = found->second.documents;
    }
    for (auto const& [id, text] : documents) {
        auto const value = nlohmann::json::parse(*text, nullptr, false);
        if (!value.is_discarded()) visit(id, value);
    }
}

Seq LocalStore::last_seq(RoomId const& room) const {
    std::shared_lock lock{state_mutex_};
    auto const found = state_.rooms.find(room.value);
    return found == state_.rooms.end() ? 0 : found->second.last;
}

Result<std::vector<StoredMessage>> LocalStore::messages(RoomId const& room, Seq first, Seq last) const {
    std::vector<PlacedText> recent;
    std::map<Seq, Text> replaced;
    first = std::max<Seq>(first, 1);
    Seq last_in_files = 0;
    {
        std::shared_lock lock{state_mutex_};
        auto const found = state_.rooms.find(room.value);
        if (found == state_.rooms.end()) return std::vector<StoredMessage>{};
        auto const& known = found->second;
        last = std::min(last, known.last);
        if (first > last) return std::vector<StoredMessage>{};
        auto placed = std::lower_bound(known.recent.begin(), known.recent.end(), first,
                                       [](PlacedText const& text, Seq wanted) { return text.seq < wanted; });
        for (; placed != known.recent.end() && placed->seq <= last; ++placed) recent.push_back(*placed);
        last_in_files = known.recent.empty() ? known.flushed : std::min(known.flushed, known.recent.front().seq - 1);
        last_in_files = std::min(last_in_files, last);
        if (first <= last_in_files) {
            replaced.insert(known.replaced.lower_bound(first), known.replaced.upper_bound(last_in_files));
        }
    }
    std::vector<StoredMessage> messages;
    if (first <= last_in_files) {
        auto found = message_files_.read(room.value, first, last_in_files);
        if (found.error < 0) {
            base::log::error("Messages can't be read: " + error_text(found.error));
            return base::Error{base::Code::internal, "These messages can't be read at the moment."};
        }
        if (!found.damaged.empty()) {
            std::unique_lock lock{state_mutex_};
            auto const known = state_.rooms.find(room.value);
            if (known != state_.rooms.end() && !known->second.files_are_forgotten) {
                known->second.damaged.merge(found.damaged);
            }
        }
        messages = std::move(found.messages);
        for (auto const& [seq, text] : replaced) {
            auto const place = std::lower_bound(messages.begin(), messages.end(), seq,
                                                [](StoredMessage const& at, Seq wanted) { return at.seq < wanted; });
            if (place != messages.end() && place->seq == seq) {
                place->body = *text;
            } else {
                messages.insert(place, {seq, *text});
            }
        }
    }
    for (auto const& placed : recent) messages.push_back({placed.seq, *placed.body});
    return messages;
}

std::vector<std::string> LocalStore::log_tail(std::string const& log, std::size_t limit) const {
    std::vector<std::string> lines;  // newest first
    std::uint64_t bytes = 0;
    {
        std::shared_lock lock{state_mutex_};
        auto const found = state_.logs.find(log);
        if (found == state_.logs.end()) return lines;
        bytes = found->second.flushed_bytes;
        auto const& pending = found->second.pending;
        for (auto line = pending.rbegin(); line != pending.rend() && lines.size() < limit; ++line)
            lines.push_back(**line);
    }
    if (lines.size() < limit && bytes > 0) {
        auto older = newest_log_lines(files_, log_path(options_.folder, log), bytes, limit - lines.size());
        std::move(older.begin(), older.end(), std::back_inserter(lines));
    }
    std::reverse(lines.begin(), lines.end());
    return lines;
}

}  // namespace soyuz::store

#include "store/reader.hpp"

#include <algorithm>
#include <mutex>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "store/documents.hpp"
#include "store/log_files.hpp"

namespace soyuz::store {

void Reader::each_document(std::string const& collection,
                           std::function<void(std::string const&, nlohmann::json const&)> const& visit) const {
    Documents documents;
    {
        std::shared_lock const lock{shared_.mutex};
        auto const found = shared_.state.collections.find(collection);
        if (found == shared_.state.collections.end()) return;
        documents = found->second.documents;
    }
    for (auto const& [id, text] : documents) {
        auto const value = nlohmann::json::parse(*text, nullptr, false);
        if (!value.is_discarded()) visit(id, value);
    }
}

Result<std::vector<StoredMessage>> Reader::messages(RoomId const& room, Seq first, Seq last) const {
    std::vector<PlacedText> recent;
    std::map<Seq, Text> replaced;
    first = std::max<Seq>(first, 1);
    Seq last_in_files = 0;
    {
        std::shared_lock const lock{shared_.mutex};
        auto const found = shared_.state.rooms.find(room.value);
        if (found == shared_.state.rooms.end()) return std::vector<StoredMessage>{};
        auto const& known = found->second;
        last = std::min(last, known.last);
        if (first > last) return std::vector<StoredMessage>{};
        for (auto placed = place_of(known.recent, first); placed != known.recent.end() && placed->seq <= last; ++placed)
            recent.push_back(*placed);
        last_in_files = known.recent.empty() ? known.flushed : std::min(known.flushed, known.recent.front().seq - 1);
        last_in_files = std::min(last_in_files, last);
        if (first <= last_in_files)
            replaced.insert(known.replaced.lower_bound(first), known.replaced.upper_bound(last_in_files));
    }
    auto messages = from_files(room.value, first, last_in_files, replaced);
    if (!messages) return messages;
    for (auto const& placed : recent) messages->push_back({placed.seq, *placed.body});
    return messages;
}

Result<std::vector<StoredMessage>> Reader::from_files(std::string const& room, Seq first, Seq last,
                                                      std::map<Seq, Text> const& replaced) const {
    auto found = messages_.read(room, first, last);
    if (found.error < 0) {
        base::log::error("messages can't be read", {{"error", error_text(found.error)}});
        return base::Error{base::Code::internal, "These messages can't be read at the moment."};
    }
    if (!found.damaged.empty()) {
        std::unique_lock const lock{shared_.mutex};
        auto const known = shared_.state.rooms.find(room);
        if (known != shared_.state.rooms.end() && !known->second.files_are_forgotten)
            known->second.damaged.merge(found.damaged);
    }
    for (auto const& [seq, text] : replaced) {
        auto const place = place_of(found.messages, seq);
        if (place != found.messages.end() && place->seq == seq) {
            place->body = *text;
        } else {
            found.messages.insert(place, {seq, *text});
        }
    }
    return std::move(found.messages);
}

std::vector<std::string> Reader::log_tail(std::string const& log, std::size_t limit) const {
    std::vector<std::string> lines;  // newest first
    std::uint64_t bytes = 0;
    {
        std::shared_lock const lock{shared_.mutex};
        auto const found = shared_.state.logs.find(log);
        if (found == shared_.state.logs.end()) return lines;
        bytes = found->second.flushed_bytes;
        auto const& pending = found->second.pending;
        for (auto line = pending.rbegin(); line != pending.rend() && lines.size() < limit; ++line)
            lines.push_back(**line);
    }
    if (lines.size() < limit && bytes > 0) {
        auto older = newest_log_lines(files_, log_path(folder_, log), bytes, limit - lines.size());
        std::move(older.begin(), older.end(), std::back_inserter(lines));
    }
    std::reverse(lines.begin(), lines.end());
    return lines;
}

}  // namespace soyuz::store

#include "search/candidates.hpp"

#include <algorithm>
#include <utility>

#include "search/block_terms.hpp"
#include "search/index_file.hpp"
#include "search/matcher.hpp"

namespace soyuz::search {

namespace {

// More words than these have a part in common: then the part is as common as to be met soon without the index.
constexpr std::size_t most_words = 256;
// Where somebody may read few of many messages, the index is asked for their rooms alone.
constexpr std::size_t most_rooms = 64;
constexpr unsigned has_bits = 8;

std::string in_quotes(std::string_view term) {
    std::string text{"\""};
    for (char c : term) {
        if (c == '"') text += '"';
        text += c;
    }
    return text += '"';
}

void also(std::string& question, std::string const& part) {
    if (part.empty()) return;
    if (!question.empty()) question += " AND ";
    question += part;
}

template <class List>
std::string any_of(List const& terms) {
    std::string text;
    for (auto const& term : terms) {
        if (!text.empty()) text += " OR ";
        text += in_quotes(term);
    }
    return '(' + text + ')';
}

base::Timestamp time_of(std::int64_t milliseconds) { return base::Timestamp{std::chrono::milliseconds{milliseconds}}; }

bool is_within(base::Timestamp sent_at, Request const& request) {
    return (!request.before || sent_at < *request.before) && (!request.after || sent_at >= *request.after);
}

}  // namespace

Candidates::Candidates(IndexState const& state, Database& database, std::unique_lock<std::mutex> reading,
                       Request request)
    : state_(state), database_(database), reading_(std::move(reading)), request_(std::move(request)) {
    take_fresh();
    std::shared_lock const lock{state_.mutex};
    auto const& catalogue = state_.catalogue;
    for (std::uint32_t room = 0; room < catalogue.rooms(); ++room) {
        auto const& id = catalogue.room(room);
        may_read_.push_back((!request_.room || *request_.room == id) && request_.may_read(id));
    }
    for (std::size_t shard = 0; shard < catalogue.shards(); ++shard) shards_.push_back(shard);
    std::sort(shards_.begin(), shards_.end(),
              [&](auto one, auto other) { return catalogue.newest(one) < catalogue.newest(other); });
}

void Candidates::take_fresh() {
    Matcher const matcher{request_.clauses};
    std::shared_lock const lock{state_.mutex};
    state_.fresh.each([&](base::RoomId const& room, base::Seq seq, Fresh::Entry const& entry) {
        auto const& document = entry.document;
        if (document.is_gone || (request_.room && *request_.room != room)) return;
        if (!request_.sender.empty() && document.sender != request_.sender) return;
        if ((document.has & request_.has) != request_.has || !is_within(document.sent_at, request_)) return;
        if (matcher.match(document.text) && request_.may_read(room))
            stretches_.push({room, seq, seq, document.sent_at});
    });
}

bool Candidates::is_wanted(Block const& block) const {
    if (block.is_gone || block.room >= may_read_.size() || may_read_[block.room] == 0) return false;
    return (!request_.before || time_of(block.began) < *request_.before) &&
           (!request_.after || time_of(block.ended) >= *request_.after);
}

std::optional<Candidates::Stretch> Candidates::next() {
    while (!shards_.empty()) {
        auto const shard = shards_.back();
        {
            std::shared_lock const lock{state_.mutex};
            if (shard >= state_.catalogue.shards()) return std::nullopt;  // the index failed meanwhile
            if (!stretches_.empty() && stretches_.top().ended >= time_of(state_.catalogue.newest(shard))) break;
        }
        shards_.pop_back();
        ask_shard(shard);
    }
    if (stretches_.empty()) return std::nullopt;
    auto stretch = stretches_.top();
    stretches_.pop();
    return stretch;
}

void Candidates::add(Block const& block) {
    if (is_wanted(block))
        stretches_.push({state_.catalogue.room(block.room), block.first, block.last, time_of(block.ended)});
}

void Candidates::ask_shard(std::size_t shard) {
    std::optional<std::string> text;
    {
        std::shared_lock const lock{state_.mutex};
        if (shard >= state_.catalogue.shards()) return;
        auto const& blocks = state_.catalogue.blocks(shard);
        auto const wanted = static_cast<std::size_t>(
            std::count_if(blocks.begin(), blocks.end(), [&](auto const& block) { return is_wanted(block); }));
        if (wanted == 0) return;
        text = question(shard, wanted);
        if (text && text->empty())
            for (auto const& block : blocks) add(block);
    }
    if (!text || text->empty()) return;
    auto const table = words_table(shard);
    Database::Statement rows{database_, "SELECT rowid FROM " + table + " WHERE " + table + " MATCH ?1"};
    rows.bind(1, std::string_view{*text});
    std::vector<std::size_t> found;
    while (rows.step()) found.push_back(static_cast<std::size_t>(rows.number(0)) - 1);
    std::shared_lock const lock{state_.mutex};
    if (shard >= state_.catalogue.shards()) return;
    auto const& blocks = state_.catalogue.blocks(shard);
    for (auto const block : found)
        if (block < blocks.size()) add(blocks[block]);
}

std::optional<std::string> Candidates::question(std::size_t shard, std::size_t wanted_blocks) const {
    std::string text;
    if (shard >= state_.vocabularies.size()) return "";
    for (auto const& clause : request_.clauses) {
        auto const part = about(clause, state_.vocabularies[shard]);
        if (!part) return std::nullopt;
        also(text, *part);
    }
    if (!request_.sender.empty()) also(text, in_quotes(sender_term(request_.sender)));
    for (unsigned bit = 0; bit < has_bits; ++bit)
        if ((request_.has >> bit & 1U) != 0) also(text, in_quotes(has_term(bit)));
    if (!text.empty() && wanted_blocks * 10 < state_.catalogue.blocks(shard).size()) {
        std::vector<std::string> rooms;
        for (std::uint32_t room = 0; room < may_read_.size() && rooms.size() <= most_rooms; ++room)
            if (may_read_[room] != 0) rooms.push_back(room_term(room));
        if (rooms.size() <= most_rooms) also(text, any_of(rooms));
    }
    return text;
}

std::optional<std::string> Candidates::about(Clause const& clause, Vocabulary const& vocabulary) const {
    std::string text;
    auto const count = clause.words.size();
    for (std::size_t i = 0; i < count; ++i) {
        auto const& word = clause.words[i];
        bool const is_pair = !word.is_spaced && length_of(word.text) > 1;
        if (is_pair || clause.is_exact || (count > 1 && i + 1 < count)) {
            if (!word.is_spaced && !is_pair) continue;
            std::vector<std::string> terms;
            append_terms(word, terms);
            for (auto const& term : terms) also(text, in_quotes(term));
        } else if (count > 1) {
            also(text, in_quotes(cut_at(word.text, longest_term)) + " *");
        } else {
            auto const words = vocabulary.answering(word, most_words);
            if (words.empty()) return std::nullopt;
            if (words.size() <= most_words)
                also(text, any_of(words));
            else if (length_of(word.text) < 3 && word.is_spaced)
                also(text, in_quotes(word.text) + " *");
        }
    }
    return text;
}

}  // namespace soyuz::search

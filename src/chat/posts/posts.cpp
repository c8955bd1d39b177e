#include "chat/posts/posts.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/log.hpp"
#include "base/text.hpp"
#include "base/visible_text.hpp"
#include "chat/messages/records.hpp"
#include "chat/rooms/rooms.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

namespace {

using base::Code;
using base::Error;
using base::Seq;
using Kind = judge::Occasion::Kind;

constexpr Seq scan_step = 512;
constexpr std::size_t longest_link = 2000;

Error no_such_post() { return {Code::not_found, "There is no such post."}; }

/// An address that a page may link to: http or https, without blanks, controls and what is not ASCII.
bool is_link(std::string_view text) {
    if (text.size() > longest_link) return false;
    auto const scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos || text.size() <= scheme_end + 3) return false;
    auto const scheme = base::lower_ascii(text.substr(0, scheme_end));
    if (scheme != "http" && scheme != "https") return false;
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F && c != '"'; });
}

Seq end_of(Seq before) { return before == 0 ? std::numeric_limits<Seq>::max() : before; }

}  // namespace

Posts::Posts(store::Store& store, Accounts const& accounts, Rooms const& rooms, Messages& messages,
             base::Clock const& clock)
    : rooms_(rooms), messages_(messages), pictures_(clock) {
    load(store, accounts);
    messages_.watch_board([this](Message const& message) { index_.note(message); });
}

Posts::~Posts() { messages_.watch_board(nullptr); }

void Posts::load(store::Store& store, Accounts const& accounts) {
    auto const board = rooms_.board();
    auto const last = rooms_.last_seq(board->id);
    for (Seq first = 1; first <= last; first += scan_step) {
        auto const stored = store.messages(board->id, first, std::min(last, first + scan_step - 1));
        if (!stored) return base::log::error("posts can't be read", {{"reason", stored.error().message}});
        for (auto const& [seq, body] : *stored)
            if (auto const message = parse_body(body, {board->id, seq}, accounts)) index_.note(*message);
    }
}

void Posts::publish(Author const& author, NewPost post, MessageDone done) {
    if (!post.link.empty() && !is_link(post.link))
        return done(base::invalid_field("url", "must be an http or https address"), {}, Settled::at_once);
    Draft draft;
    draft.room = rooms_.board();
    draft.kind = Kind::post;
    draft.text = std::move(post.text);
    draft.link = std::move(post.link);
    draft.client_id = std::move(post.client_id);
    if (post.picture.empty()) return messages_.poster.post(author, std::move(draft), std::move(done));
    auto picture = pictures_.take(author.user->id, post.picture);
    if (!picture)
        return done(base::invalid_field("picture", "is not one that you sent a moment ago"), {}, Settled::at_once);
    draft.attachments.push_back(*picture);
    // A post that was refused leaves its picture to the next try.
    auto ended = [this, sender = author.user->id, picture = std::move(*picture), done = std::move(done)](
                     base::Result<MessagePtr> result, judge::Verdict const& verdict, Settled settled) {
        if (!result) (void)pictures_.add(sender, picture);
        done(std::move(result), verdict, settled);
    };
    messages_.poster.post(author, std::move(draft), std::move(ended));
}

void Posts::comment(Author const& author, Seq post, std::string text, std::string client_id, MessageDone done) {
    if (!index_.has_post(post)) return done(no_such_post(), {}, Settled::at_once);
    Draft draft;
    draft.room = rooms_.board();
    draft.kind = Kind::comment;
    draft.text = std::move(text);
    draft.reply_to = post;
    draft.client_id = std::move(client_id);
    messages_.poster.post(author, std::move(draft), std::move(done));
}

std::vector<MessagePtr> Posts::read(std::vector<Seq> const& seqs) const {
    auto const board = rooms_.board();
    std::vector<MessagePtr> messages;
    messages.reserve(seqs.size());
    for (auto const seq : seqs) {
        auto message = messages_.history.load({board->id, seq}, *board);
        if (message && !(*message)->deleted) messages.push_back(std::move(*message));
    }
    return messages;
}

Posts::Page Posts::feed(Seq before, std::size_t limit, base::UserId const& author) const {
    auto const page = index_.posts(end_of(before), limit, author);
    return {read(page.seqs), page.has_more};
}

Posts::Page Posts::comments(Seq post, Seq before, std::size_t limit) const {
    auto const page = index_.comments(post, end_of(before), limit);
    return {read(page.seqs), page.has_more};
}

base::Result<MessagePtr> Posts::find(Seq post) const {
    if (!index_.has_post(post)) return no_such_post();
    auto const board = rooms_.board();
    return messages_.history.load({board->id, post}, *board);
}

base::Result<base::MessageId> Posts::parse_id(std::string_view text) const {
    auto const& board = rooms_.board()->id;
    if (auto const id = base::parse_message_id(text); id && id->room == board) return *id;
    Seq seq = 0;
    auto const* const end = text.data() + text.size();
    auto const [rest, fault] = std::from_chars(text.data(), end, seq);
    if (fault != std::errc{} || rest != end || seq == 0) return no_such_post();
    return base::MessageId{board, seq};
}

bool Posts::is_on_board(base::MessageId const& id) const {
    return id.room == rooms_.board()->id && (index_.has_post(id.seq) || index_.post_of_comment(id.seq));
}

}  // namespace soyuz::chat

#include "watch/chat_watch.hpp"

#include <utility>

#include "watch/sentiment.hpp"

namespace soyuz::watch {

std::optional<Detections::Reported> ChatWatch::weigh(Alert alert) {
    auto const limits = watch_.settings.get();
    alert.subjects = watch_.watchlist.find(alert.text);
    alert.sentiment = sentiment_of(alert.text);
    bool const is_bad = alert.sentiment < limits.sentiment_limit || alert.score >= limits.score_limit;
    if (alert.subjects.empty() && !is_bad) return std::nullopt;
    alert.finding = alert.subjects.empty() ? Finding::sentiment : Finding::keyword;
    return watch_.report(std::move(alert));
}

std::optional<Detections::Reported> ChatWatch::look_at(Line const& line) {
    auto const stream = watch_.streams.find(line.stream);
    if (!stream || stream->state != StreamState::monitoring) return std::nullopt;
    Alert alert;
    alert.stream = line.stream;
    alert.person = line.person;
    alert.text = line.text;
    alert.score = line.score;
    return weigh(std::move(alert));
}

void ChatWatch::message_posted(chat::Room const& room, chat::MessagePtr const& message) {
    if (room.kind != chat::Room::Kind::live || message->deleted) return;
    auto const stream = watch_.streams.of_room(room.id);
    if (!stream || stream->state != StreamState::monitoring) return;
    Alert alert;
    alert.stream = stream->id;
    alert.person = message->sender->username;
    alert.user = message->sender->id;
    alert.message = message->id;
    alert.text = message->text;
    alert.score = message->verdict.score;
    alert.case_id = message->verdict.case_id;
    (void)weigh(std::move(alert));
}

}  // namespace soyuz::watch

#include "contract/post_shapes.hpp"

#include <nlohmann/json.hpp>

#include "contract/shapes.hpp"

namespace soyuz::contract {

namespace {

using Json = nlohmann::json;

Json shared_members(chat::Message const& message) {
    auto const& author = *message.sender;
    Json json{{"id", base::to_string(message.id)},
              {"seq", message.id.seq},
              {"author",
               {{"id", author.id.value},
                {"username", author.username},
                {"display_name", author.display_name},
                {"avatar_url", avatar_url(author)}}},
              {"text", message.text},
              {"created_at", base::to_rfc3339(message.sent_at)},
              {"moderation", verdict_json(message.verdict)}};
    if (message.edited_at) json["edited_at"] = base::to_rfc3339(*message.edited_at);
    return json;
}

}  // namespace

Json post_json(chat::Message const& post, std::size_t comment_count) {
    auto json = shared_members(post);
    auto const& pictures = post.attachments;
    json["picture_url"] = pictures.empty() ? Json{} : Json(upload_url(pictures.front().file));
    json["link"] = post.link.empty() ? Json{} : Json(post.link);
    json["comment_count"] = comment_count;
    return json;
}

Json comment_json(chat::Message const& comment) {
    auto json = shared_members(comment);
    json["post_id"] = base::to_string(base::MessageId{comment.id.room, comment.reply_to});
    return json;
}

}  // namespace soyuz::contract

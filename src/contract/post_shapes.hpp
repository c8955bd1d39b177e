#pragma once

#include <cstddef>

#include <nlohmann/json_fwd.hpp>

#include "chat/message.hpp"

/// Posts and comments as JSON.
namespace soyuz::contract {

/// `{id, seq, author, text, picture_url, link, created_at, edited_at?, comment_count, moderation}`
nlohmann::json post_json(chat::Message const& post, std::size_t comment_count);

/// `{id, seq, post_id, author, text, created_at, edited_at?, moderation}`
nlohmann::json comment_json(chat::Message const& comment);

}  // namespace soyuz::contract

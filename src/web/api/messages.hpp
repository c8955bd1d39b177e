#pragma once

#include <functional>

#include "chat/messages/messages.hpp"
#include "web/http/answer.hpp"
#include "web/http/call.hpp"

namespace soyuz::web {

struct SiteContext;

/// The refusal of a text, with the verdict where it was blocked.
Answer refused_message(base::Error const& error, judge::Verdict const& verdict);

/// What answers `call` once a message is on disk, with `answer_of` it as its author may see it; or with the error that
/// prevented it, as the route says errors.
chat::MessageDone answer_later(Call& call,
                               std::function<Answer(chat::Message const&, judge::Verdict const&)> answer_of);

/// The same with the message as it is everywhere.
chat::MessageDone answer_message(SiteContext& site, Call& call, int status);

}  // namespace soyuz::web

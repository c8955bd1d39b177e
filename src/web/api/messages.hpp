#pragma once

#include "chat/messages/messages.hpp"
#include "web/http/call.hpp"

namespace soyuz::web {

struct SiteContext;

/// What answers `call` once a message is on disk, or with the error that prevented it and the verdict.
chat::MessageDone answer_message(SiteContext& site, Call& call, int status);

}  // namespace soyuz::web

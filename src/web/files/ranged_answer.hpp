#pragma once

#include <memory>
#include <string_view>

#include "net/http_message.hpp"
#include "web/files/stored_file.hpp"
#include "web/http/answer.hpp"

namespace soyuz::web {

/// Puts a file, or the part of it that `request` asks for, into `answer`, whose other headers stand already: 200, 206,
/// 304, 412 or 416 (RFC 9110, 13 and 14). What is large is read as the client takes it. `tag` names the file's state.
/// Refuses: internal where it can't be read.
void put_file(Answer& answer, net::HttpRequest const& request, std::string_view tag, std::string_view type,
              std::shared_ptr<StoredFile const> const& file, base::Workers& workers);

}  // namespace soyuz::web

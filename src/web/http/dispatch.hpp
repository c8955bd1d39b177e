#pragma once

#include "net/http_message.hpp"

namespace soyuz::web {

struct App;

/// Brings a request to its route and its answer back. Thread-safe; runs on workers, and waits for nothing but them.
class Dispatcher {
public:
    explicit Dispatcher(App& app) : app_(app) {}
    void run(net::HttpRequest request, net::Respond respond) const;

private:
    App& app_;
};

/// Does the client want the connection closed after this answer (RFC 9112, 9.3)?
bool wants_close(net::HttpRequest const& request);
/// Is this a path for programs, whose errors are JSON?
bool is_api_path(std::string_view path);

}  // namespace soyuz::web

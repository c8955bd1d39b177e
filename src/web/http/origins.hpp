#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "web/http/client_address.hpp"

namespace soyuz::web {

/// Under which addresses this server is known, and whose pages may read its answers. Immutable.
class Origins {
public:
    /// `public_url`: "" where none was given. `readers`: origins of other sites, "*" for all. `hosts`: names of this
    /// machine.
    Origins(std::string public_url, std::vector<std::string> readers, std::vector<std::string> const& hosts = {});

    /// Is `origin` (the value of an Origin header) this server, as the client reached it or as the public URL says?
    bool is_own(std::string_view origin, Client const& client) const;
    /// May a browser on this machine mean this server by `host` (a Host header)? Not by a name that somebody can buy
    /// and turn to this machine (DNS rebinding): only by addresses, our own names, and those that no public name server
    /// knows (RFC 6761, 6762, 8375).
    bool is_own_host(std::string_view host) const;
    bool has_readers() const { return !readers_.empty(); }
    /// May pages of `origin` read answers (CORS)?
    bool may_read(std::string_view origin) const;
    /// What links to this server start with, as `client` knows it; without a slash at its end.
    std::string base_url(Client const& client) const;

private:
    std::string const public_url_;
    std::string const public_origin_;
    std::vector<std::string> const readers_;
    std::vector<std::string> hosts_;
};

}  // namespace soyuz::web

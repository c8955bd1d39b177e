#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include <sys/uio.h>

#include "net/listener.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace soyuz::net {

/// What became of one read or write that never blocks.
struct Transfer {
    enum class Outcome {
        done,     ///< `bytes` moved
        blocked,  ///< wait until the socket is ready
        ended,    ///< the peer sends no more
        failed,   ///< the connection is lost
    };
    Outcome outcome = Outcome::failed;
    std::size_t bytes = 0;
};

/// Certificate and settings, shared by all connections of a listener. Thread-safe.
class TlsContext {
public:
    /// Ignores SIGPIPE from then on. Throws std::runtime_error where a file can't be read or key and certificate don't
    /// match.
    explicit TlsContext(Tls const& files);

    struct Deleter {
        void operator()(ssl_ctx_st* context) const;
    };
    ssl_ctx_st* get() const { return context_.get(); }

private:
    std::unique_ptr<ssl_ctx_st, Deleter> context_;
};

/// TLS 1.2 and 1.3 over a non-blocking socket, whose descriptor OpenSSL reads and writes itself. Lives on one loop.
class TlsChannel {
public:
    TlsChannel(TlsContext const& context, int descriptor);

    /// `done` once the handshake is complete.
    Transfer handshake();
    Transfer read(char* data, std::size_t size);
    /// Gathers `parts` into `record` (`record_bytes` long) and writes as many records as the socket takes. After
    /// `blocked` the next call must begin with the same bytes.
    Transfer write(std::span<iovec const> parts, char* record, std::size_t record_bytes);
    /// Decrypted bytes wait although the socket may stay silent.
    bool has_pending() const;
    /// The last call was blocked by the socket's other direction.
    bool wants_write() const { return wants_write_; }
    /// Says good-bye, as far as the socket takes it.
    void shut_down();

private:
    Transfer result(int returned);

    struct Deleter {
        void operator()(ssl_st* ssl) const;
    };
    std::unique_ptr<ssl_st, Deleter> ssl_;
    bool wants_write_ = false;
    bool broken_ = false;
};

}  // namespace soyuz::net

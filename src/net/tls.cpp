#include "net/tls.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace soyuz::net {

namespace {

[[noreturn]] void refuse(std::string const& sentence) {
    std::array<char, 256> reason{};
    ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
    ERR_clear_error();
    throw std::runtime_error(sentence + " (" + reason.data() + ")");
}

int choose_protocol(SSL*, unsigned char const** chosen, unsigned char* chosen_size, unsigned char const* offered,
                    unsigned int offered_size, void*) {
    static constexpr std::array<unsigned char, 9> spoken{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char* match = nullptr;
    if (SSL_select_next_proto(&match, chosen_size, spoken.data(), spoken.size(), offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    *chosen = match;
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

void TlsContext::Deleter::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

void TlsChannel::Deleter::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsContext::TlsContext(Tls const& files) : context_(SSL_CTX_new(TLS_server_method())) {
    // OpenSSL writes to sockets without MSG_NOSIGNAL: a peer that vanished would end the whole process.
    if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) throw std::runtime_error("SIGPIPE can't be ignored.");
    auto* const context = context_.get();
    if (context == nullptr) refuse("TLS can't be set up.");
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    // Forward secrecy and authenticated encryption alone; TLS 1.3 has nothing else.
    SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
    // Idle connections give their buffers back; a blocked write may be retried from another buffer.
    SSL_CTX_set_mode(context,
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate_file.c_str()) != 1) {
        refuse("The TLS certificate can't be read: " + files.certificate_file);
    }
    if (SSL_CTX_use_PrivateKey_file(context, files.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        refuse("The TLS key can't be read or doesn't fit the certificate: " + files.key_file);
    }
    if (SSL_CTX_check_private_key(context) != 1) refuse("The TLS key doesn't fit the certificate.");
}

TlsChannel::TlsChannel(TlsContext const& context, int descriptor) : ssl_(SSL_new(context.get())) {
    if (!ssl_ || SSL_set_fd(ssl_.get(), descriptor) != 1) refuse("A TLS connection can't be set up.");
    SSL_set_accept_state(ssl_.get());
}

Transfer TlsChannel::result(int returned) {
    wants_write_ = false;
    if (returned > 0) return {Transfer::Outcome::done, static_cast<std::size_t>(returned)};
    auto const reason = SSL_get_error(ssl_.get(), returned);
    ERR_clear_error();
    switch (reason) {
        case SSL_ERROR_WANT_READ: return {Transfer::Outcome::blocked, 0};
        case SSL_ERROR_WANT_WRITE: wants_write_ = true; return {Transfer::Outcome::blocked, 0};
        case SSL_ERROR_ZERO_RETURN: return {Transfer::Outcome::ended, 0};
        default: broken_ = true; return {Transfer::Outcome::failed, 0};
    }
}

Transfer TlsChannel::handshake() {
    ERR_clear_error();
    return result(SSL_do_handshake(ssl_.get()));
}

Transfer TlsChannel::read(char* data, std::size_t size) {
    std::size_t total = 0;
    // SSL_read gives one record; several are joined, so that a turn handles what has come.
    while (total < size) {
        ERR_clear_error();
        auto const part = result(SSL_read(ssl_.get(), data + total, static_cast<int>(size - total)));
        if (part.outcome != Transfer::Outcome::done) {
            if (total > 0 && part.outcome != Transfer::Outcome::failed) break;
            return part;
        }
        total += part.bytes;
    }
    return {Transfer::Outcome::done, total};
}

Transfer TlsChannel::write(std::span<iovec const> parts, char* record, std::size_t record_bytes) {
    std::size_t total = 0;
    std::size_t part = 0;
    std::size_t offset = 0;
    while (part < parts.size()) {
        std::size_t filled = 0;
        auto next = part;
        auto next_offset = offset;
        while (next < parts.size() && filled < record_bytes) {
            auto const count = std::min(parts[next].iov_len - next_offset, record_bytes - filled);
            std::memcpy(record + filled, static_cast<char const*>(parts[next].iov_base) + next_offset, count);
            filled += count;
            next_offset += count;
            if (next_offset == parts[next].iov_len) {
                ++next;
                next_offset = 0;
            }
        }
        if (filled == 0) break;
        ERR_clear_error();
        auto const written = result(SSL_write(ssl_.get(), record, static_cast<int>(filled)));
        if (written.outcome != Transfer::Outcome::done) {
            if (written.outcome != Transfer::Outcome::blocked) return {Transfer::Outcome::failed, 0};
            return {Transfer::Outcome::blocked, total};
        }
        total += written.bytes;
        for (auto left = written.bytes; left > 0;) {
            auto const count = std::min(parts[part].iov_len - offset, left);
            left -= count;
            offset += count;
            if (offset == parts[part].iov_len) {
                ++part;
                offset = 0;
            }
        }
    }
    return {Transfer::Outcome::done, total};
}

bool TlsChannel::has_pending() const { return SSL_has_pending(ssl_.get()) == 1; }

void TlsChannel::shut_down() {
    if (broken_ || SSL_in_init(ssl_.get()) == 1) return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

}  // namespace soyuz::net

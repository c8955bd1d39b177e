#include "net/tls.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include <catch2/catch.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <unistd.h>

#include "net/listener.hpp"
#include "net/test_client.hpp"

using namespace soyuz::net;
using namespace soyuz::net::test;
using namespace std::chrono_literals;

namespace {

/// A folder with a key and a certificate that signs itself.
struct Certificate {
    std::filesystem::path folder;
    Tls files;

    Certificate() {
        std::string pattern = (std::filesystem::temp_directory_path() / "soyuz-tls-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
        folder = pattern;
        files = {(folder / "cert.pem").string(), (folder / "key.pem").string()};

        std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> const key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
        std::unique_ptr<X509, decltype(&X509_free)> const certificate(X509_new(), &X509_free);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
        X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
        X509_set_pubkey(certificate.get(), key.get());
        auto* const name = X509_get_subject_name(certificate.get());
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<unsigned char const*>("localhost"), -1,
                                   -1, 0);
        X509_set_issuer_name(certificate.get(), name);
        X509_sign(certificate.get(), key.get(), EVP_sha256());
        write(files.certificate_file, [&](FILE* file) { PEM_write_X509(file, certificate.get()); });
        write(files.key_file,
              [&](FILE* file) { PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    }
    ~Certificate() { std::filesystem::remove_all(folder); }
    Certificate(Certificate const&) = delete;
    Certificate& operator=(Certificate const&) = delete;

    template <class Writer>
    static void write(std::string const& path, Writer writer) {
        FILE* const file = std::fopen(path.c_str(), "w");
        writer(file);
        std::fclose(file);
    }
};

/// A blocking TLS client over a raw one.
struct TlsClient {
    Client raw;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_client_method()), &SSL_CTX_free};
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl{nullptr, &SSL_free};
    bool connected = false;

    explicit TlsClient(std::uint16_t port, int max_version = 0, int receive_buffer = 0, char const* suites = nullptr)
        : raw(port, receive_buffer) {
        if (max_version != 0) SSL_CTX_set_max_proto_version(context.get(), max_version);
        SSL_CTX_set_security_level(context.get(), 0);
        if (suites != nullptr) SSL_CTX_set_cipher_list(context.get(), suites);
        ssl.reset(SSL_new(context.get()));
        SSL_set_fd(ssl.get(), raw.descriptor());
        connected = SSL_connect(ssl.get()) == 1;
    }
    bool send(std::string_view bytes) {
        return SSL_write(ssl.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
    }
    std::string receive(std::size_t count) {
        std::string result(count, '\0');
        std::size_t filled = 0;
        while (filled < count) {
            auto const part = SSL_read(ssl.get(), result.data() + filled, static_cast<int>(count - filled));
            if (part <= 0) break;
            filled += static_cast<std::size_t>(part);
        }
        result.resize(filled);
        return result;
    }
    std::string receive_until(std::string_view end) {
        std::string result;
        while (!result.ends_with(end)) {
            auto const next = receive(1);
            if (next.empty()) break;
            result += next;
        }
        return result;
    }
};

class Echo final : public WebSocketHandler {
public:
    void opened(WebSocket& socket) override { socket_ = &socket; }
    void text(std::string_view message) override { socket_->send(encode_text(message)); }
    void binary(std::string_view message) override { socket_->send(encode_binary(message)); }
    void closed(std::uint16_t) override {}

private:
    WebSocket* socket_ = nullptr;
};

struct Server {
    Certificate certificate;
    Loops loops{1};
    Listener listener;

    explicit Server(Limits limits = {}) : listener(loops, std::move(limits), handlers()) {
        listener.start("127.0.0.1", 0, &certificate.files);
    }
    static Handlers handlers() {
        Handlers result;
        result.request = [](HttpRequest const& request, Respond const& respond) {
            auto const body =
                request.path() == "/large" ? std::string(std::size_t{4} << 20U, 'x') : request.target + request.body;
            respond(simple_response(request.over_tls ? 200 : 500, "text/plain", body));
        };
        result.upgrade = [](HttpRequest const&, Handlers::Decide const& decide) {
            decide(WebSocketAccept{std::make_unique<Echo>(),
                                   {.message_bytes = std::size_t{1} << 20U, .outbox_bytes = std::size_t{8} << 20U},
                                   {}});
        };
        return result;
    }
};

}  // namespace

TEST_CASE("HTTP is served over TLS 1.2 and 1.3, and over nothing older") {
    Server server;
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TlsClient client(server.listener.port(), version);
        REQUIRE(client.connected);
        CHECK(SSL_version(client.ssl.get()) == version);
        client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        CHECK(client.receive_until("/a").starts_with("HTTP/1.1 200 "));
        CHECK(client.receive_until("/b").starts_with("HTTP/1.1 200 "));
        CHECK(client.receive(1).empty());
        CHECK((SSL_get_shutdown(client.ssl.get()) & SSL_RECEIVED_SHUTDOWN) != 0);
    }
    CHECK_FALSE(TlsClient(server.listener.port(), TLS1_1_VERSION).connected);
}

TEST_CASE("TLS 1.2 takes only suites with forward secrecy and authenticated encryption") {
    Server server;
    for (auto const& [suite, taken] : {std::pair{"ECDHE-ECDSA-AES128-GCM-SHA256", true},
                                       {"ECDHE-ECDSA-CHACHA20-POLY1305", true},
                                       {"ECDHE-ECDSA-AES128-SHA", false},
                                       {"ECDHE-ECDSA-AES256-SHA384", false},
                                       {"AES128-GCM-SHA256", false},
                                       {"AES256-SHA", false}}) {
        INFO(suite);
        CHECK(TlsClient(server.listener.port(), TLS1_2_VERSION, 0, suite).connected == taken);
    }
}

TEST_CASE("large bodies and answers pass through TLS with back-pressure") {
    Server server;
    TlsClient client(server.listener.port(), 0, 8192);
    REQUIRE(client.connected);
    std::string const body(500'000, 'b');
    client.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + body);
    client.receive_until("\r\n\r\n");
    CHECK(client.receive(body.size() + 2) == "/p" + body);
    client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    client.receive_until("\r\n\r\n");
    CHECK(client.receive(std::size_t{4} << 20U) == std::string(std::size_t{4} << 20U, 'x'));
}

TEST_CASE("a WebSocket works over TLS, also with messages of many records") {
    Server server;
    TlsClient client(server.listener.port());
    REQUIRE(client.connected);
    client.send(
        "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    CHECK(client.receive_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    for (std::size_t size : {5U, 200'000U, 1'000'000U, 7U}) {
        std::string const payload(size, 'w');
        client.send(masked_frame(1, payload));
        std::size_t const head = size < 126 ? 2 : 10;
        CHECK(client.receive(head).size() == head);
        CHECK(client.receive(size) == payload);
    }
    std::string many;
    for (int index = 0; index < 3000; ++index) many += masked_frame(1, "0123456789");
    client.send(many);
    CHECK(client.receive(3000 * 12).size() == 3000 * 12);
}

TEST_CASE("who doesn't finish the TLS handshake, or speaks none, is sent away") {
    Server server({.handshake_timeout = 60ms});
    Client silent(server.listener.port());
    CHECK(silent.receive_all().value_or("").empty());
    Client plain(server.listener.port());
    plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(plain.receive_all().value_or("").find("200") == std::string::npos);
    CHECK(wait_until([&] { return server.listener.figures().open_connections == 0; }));
}

TEST_CASE("a client that vanishes in the middle of an answer costs only its connection") {
    Server server;
    for (int round = 0; round < 20; ++round) {
        TlsClient client(server.listener.port(), 0, 4096);
        REQUIRE(client.connected);
        client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
        CHECK(client.receive(100).size() == 100);
    }
    CHECK(wait_until([&] { return server.listener.figures().open_connections == 0; }));
    TlsClient client(server.listener.port());
    client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.receive_until("/a").starts_with("HTTP/1.1 200 "));
}

TEST_CASE("a key that doesn't fit its certificate is refused") {
    Certificate first, second;
    CHECK_THROWS_AS(TlsContext(Tls{first.files.certificate_file, second.files.key_file}), std::runtime_error);
    CHECK_NOTHROW(TlsContext(first.files));
}

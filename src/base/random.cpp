#include "base/random.hpp"

#include <stdexcept>
#include <vector>

#include <sodium.h>

namespace soyuz::base {

namespace {

void ensure_sodium() {
    static bool const ready = sodium_init() >= 0;
    if (!ready) throw std::runtime_error("libsodium could not be initialised");
}

}  // namespace

void random_bytes(void* out, std::size_t size) {
    ensure_sodium();
    randombytes_buf(out, size);
}

std::string random_token(std::size_t bytes) {
    std::string raw(bytes, '\0');
    random_bytes(raw.data(), raw.size());
    return base64url(raw);
}

std::string base64url(std::string_view bytes) {
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(),
                      variant);
    text.pop_back();  // the terminating zero that libsodium counts
    return text;
}

std::string token_digest(std::string_view token) {
    ensure_sodium();
    std::string digest(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                       reinterpret_cast<unsigned char const*>(token.data()), token.size());
    return base64url(digest);
}

}  // namespace soyuz::base

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include <sys/uio.h>

#include "net/websocket.hpp"

namespace soyuz::net {

/// A piece of an outbox: bytes copied behind it, or a shared frame.
struct Block {
    Block* next = nullptr;
    SharedFrame shared;
    std::uint32_t begin = 0;  ///< first unsent byte
    std::uint32_t end = 0;
    std::uint32_t capacity = 0;  ///< of the bytes behind; 0 in a shared one
    std::uint32_t size_class = 0;

    char* bytes() { return reinterpret_cast<char*>(this + 1); }
    char const* data() { return shared ? shared->data() : bytes(); }
};

/// Blocks that a loop keeps for its next turn, so that sending allocates nothing. Lives on one loop.
class BlockPool {
public:
    BlockPool() = default;
    ~BlockPool();
    BlockPool(BlockPool const&) = delete;
    BlockPool& operator=(BlockPool const&) = delete;

    static constexpr std::array<std::size_t, 4> sizes{sizeof(Block), 512, 4096, 16384};
    /// Kept at most, of each size; what lies idle goes back with `trim`.
    static constexpr std::size_t kept_bytes = std::size_t{64} << 20U;

    Block* take(std::uint32_t size_class);
    void give_back(Block* block);
    /// Frees the blocks that nobody took since the last call.
    void trim();
    /// Blocks kept of that size.
    std::size_t kept(std::uint32_t size_class) const { return free_count_[size_class]; }

private:
    std::array<Block*, sizes.size()> free_{};
    std::array<std::size_t, sizes.size()> free_count_{};
    std::array<std::size_t, sizes.size()> idle_count_{};  ///< lowest free_count_ since the last trim
};

/// Bytes that wait to be written to one connection: small frames copied side by side, large ones shared. Holds no
/// memory while empty. Lives on one loop.
class Outbox {
public:
    explicit Outbox(BlockPool& pool) : pool_(pool) {}
    ~Outbox() { clear(); }
    Outbox(Outbox const&) = delete;
    Outbox& operator=(Outbox const&) = delete;

    /// Frames from this size on are shared; below, copying costs less than counting the reference.
    static constexpr std::size_t shared_from = 1024;

    void append(SharedFrame const& frame) {
        auto const bytes = frame->size();
        if (bytes >= shared_from || bytes > room_) return append_slowly(frame);
        std::memcpy(cursor_, frame->data(), bytes);
        cursor_ += bytes;
        room_ -= bytes;
        size_ += bytes;
    }
    void append(std::string_view bytes);

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    /// Fills `parts` from the front; returns how many are filled.
    std::size_t gather(std::span<iovec> parts);
    /// Removes `count` <= size() bytes from the front.
    void consume(std::size_t count);
    void clear();

private:
    void append_slowly(SharedFrame const& frame);
    void link(Block* block);
    /// Writes the end of the last block back, which appending keeps here.
    void seal();
    void forget_tail();

    // The last block's end and room stand here, so that a copy touches this and its target and no third cache line.
    char* cursor_ = nullptr;
    std::size_t room_ = 0;
    std::size_t size_ = 0;
    Block* tail_ = nullptr;
    Block* head_ = nullptr;
    BlockPool& pool_;
};

}  // namespace soyuz::net

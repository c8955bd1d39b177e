#include "net/outbox.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

namespace soyuz::net {

namespace {

constexpr std::uint32_t shared_class = 0;
constexpr std::uint32_t largest_class = static_cast<std::uint32_t>(BlockPool::sizes.size()) - 1;

void release(Block* block) {
    block->~Block();
    ::operator delete(block);
}

}  // namespace

BlockPool::~BlockPool() {
    for (Block* block : free_) {
        while (block != nullptr) {
            Block* const next = block->next;
            release(block);
            block = next;
        }
    }
}

Block* BlockPool::take(std::uint32_t size_class) {
    if (Block* const block = free_[size_class]) {
        free_[size_class] = block->next;
        idle_count_[size_class] = std::min(idle_count_[size_class], --free_count_[size_class]);
        block->next = nullptr;
        block->begin = block->end = 0;
        return block;
    }
    auto* const block = new (::operator new(sizes[size_class])) Block;
    block->size_class = size_class;
    block->capacity = static_cast<std::uint32_t>(sizes[size_class] - sizeof(Block));
    return block;
}

void BlockPool::give_back(Block* block) {
    auto const size_class = block->size_class;
    block->shared.reset();
    if (free_count_[size_class] * sizes[size_class] >= kept_bytes) return release(block);
    block->next = free_[size_class];
    free_[size_class] = block;
    ++free_count_[size_class];
}

void BlockPool::trim() {
    for (std::size_t size_class = 0; size_class < sizes.size(); ++size_class) {
        for (; idle_count_[size_class] > 0; --idle_count_[size_class]) {
            Block* const block = free_[size_class];
            free_[size_class] = block->next;
            --free_count_[size_class];
            release(block);
        }
        idle_count_[size_class] = free_count_[size_class];
    }
}

void Outbox::link(Block* block) {
    seal();
    (tail_ == nullptr ? head_ : tail_->next) = block;
    tail_ = block;
    cursor_ = block->bytes();
    room_ = block->capacity;
}

void Outbox::seal() {
    if (tail_ != nullptr && !tail_->shared) tail_->end = static_cast<std::uint32_t>(cursor_ - tail_->bytes());
}

void Outbox::append_slowly(SharedFrame const& frame) {
    auto const bytes = frame->size();
    // A block counts in 32 bits; a frame beyond that is copied block by block.
    if (bytes < shared_from || bytes > std::numeric_limits<std::uint32_t>::max()) {
        return append(std::string_view(*frame));
    }
    Block* const block = pool_.take(shared_class);
    block->shared = frame;
    block->end = static_cast<std::uint32_t>(bytes);
    link(block);
    size_ += bytes;
}

void Outbox::append(std::string_view bytes) {
    size_ += bytes.size();
    while (!bytes.empty()) {
        if (room_ == 0) {
            // The first block is small, because most receivers get one small frame a turn; the next ones grow.
            auto size_class = tail_ == nullptr || tail_->shared ? 1U : std::min(tail_->size_class + 1, largest_class);
            while (size_class < largest_class && BlockPool::sizes[size_class] - sizeof(Block) < bytes.size())
                ++size_class;
            link(pool_.take(size_class));
        }
        auto const count = std::min(bytes.size(), room_);
        std::memcpy(cursor_, bytes.data(), count);
        cursor_ += count;
        room_ -= count;
        bytes.remove_prefix(count);
    }
}

std::size_t Outbox::gather(std::span<iovec> parts) {
    seal();
    std::size_t count = 0;
    for (Block* block = head_; block != nullptr && count < parts.size(); block = block->next) {
        parts[count++] = {const_cast<char*>(block->data()) + block->begin, std::size_t{block->end} - block->begin};
    }
    return count;
}

void Outbox::consume(std::size_t count) {
    seal();
    size_ -= count;
    while (count > 0) {
        Block* const block = head_;
        std::size_t const part = std::min<std::size_t>(count, block->end - block->begin);
        block->begin += static_cast<std::uint32_t>(part);
        count -= part;
        if (block->begin != block->end) continue;
        head_ = block->next;
        pool_.give_back(block);
    }
    if (size_ == 0) forget_tail();
}

void Outbox::clear() {
    while (head_ != nullptr) {
        Block* const next = head_->next;
        pool_.give_back(head_);
        head_ = next;
    }
    size_ = 0;
    forget_tail();
}

void Outbox::forget_tail() {
    tail_ = nullptr;
    cursor_ = nullptr;
    room_ = 0;
}

}  // namespace soyuz::net

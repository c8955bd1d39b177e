#pragma once

#include <array>
#include <memory>
#include <thread>
#include <vector>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include "net/deflate.hpp"
#include "net/loop.hpp"
#include "net/mailbox.hpp"
#include "net/outbox.hpp"

namespace soyuz::net {

/// A loop on an Asio context of its own, and what its connections share: buffers that none of them needs while idle.
class AsioLoop final : public Loop {
public:
    explicit AsioLoop(std::size_t index);
    ~AsioLoop() override;

    std::size_t index() const override { return index_; }
    void post(std::function<void()> work) override { mailbox_->post(std::move(work)); }
    void after(std::chrono::milliseconds delay, std::function<void()> work) override;
    bool is_current_thread() const override { return std::this_thread::get_id() == thread_id_; }

    asio::io_context& context() { return context_; }
    std::shared_ptr<Mailbox> const& mailbox() const { return mailbox_; }
    BlockPool& blocks() { return blocks_; }

    /// Where every connection reads into; valid until the turn returns to the loop.
    static constexpr std::size_t read_bytes = std::size_t{64} << 10U;
    char* read_buffer() { return read_buffer_.get(); }
    /// One TLS record's worth of plain text, gathered from an outbox.
    static constexpr std::size_t record_bytes = std::size_t{16} << 10U;
    char* record_buffer() { return record_buffer_.get(); }
    Inflater& inflater() { return inflater_; }
    Deflater& deflater() { return deflater_; }
    /// Gives back what nobody used lately.
    void trim() {
        blocks_.trim();
        inflater_.trim();
        deflater_.trim();
    }

    void start();
    void ask_to_stop();
    void join();

private:
    void run();

    std::size_t index_;
    BlockPool blocks_;  // before the context: connections that die with it give their blocks back
    std::unique_ptr<char[]> read_buffer_ = std::make_unique<char[]>(read_bytes);
    std::unique_ptr<char[]> record_buffer_ = std::make_unique<char[]>(record_bytes);
    Inflater inflater_;
    Deflater deflater_;
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard_;
    std::shared_ptr<Mailbox> mailbox_;
    std::thread thread_;
    std::thread::id thread_id_;
};

struct Loops::Implementation {
    std::vector<std::unique_ptr<AsioLoop>> loops;
};

}  // namespace soyuz::net

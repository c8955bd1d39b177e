#include "net/listener.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <asio/ip/tcp.hpp>
#include <asio/ip/v6_only.hpp>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.hpp"
#include "net/listener_shard.hpp"

namespace soyuz::net {

namespace {

using asio::ip::tcp;

/// Accepted in one go before other events get their turn.
constexpr int accept_batch = 64;
constexpr int unsent_kernel_bytes = 128 << 10;
constexpr std::chrono::milliseconds accept_pause{50};

int open_reserve() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

std::string address_text(sockaddr_storage const& storage) {
    tcp::endpoint endpoint;
    std::memcpy(endpoint.data(), &storage, std::min(sizeof storage, endpoint.capacity()));
    auto const address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    }
    return address.to_string();
}

tcp::endpoint resolve(asio::io_context& context, std::string const& host, std::uint16_t port) {
    asio::error_code error;
    auto const address = asio::ip::make_address(host, error);
    if (!error) return {address, port};
    tcp::resolver resolver(context);
    auto const found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive);
    return found.begin()->endpoint();
}

/// Accepts on one loop and deals the connections out to all, one after the other.
class Acceptor : public std::enable_shared_from_this<Acceptor> {
public:
    Acceptor(AsioLoop& loop, std::shared_ptr<ListenerState> state, std::vector<std::shared_ptr<ListenerShard>> shards)
        : acceptor_(loop.context()),
          retry_(loop.context()),
          state_(std::move(state)),
          shards_(std::move(shards)),
          dealt_(shards_.size()),
          reserve_(open_reserve()) {}
    ~Acceptor() {
        if (reserve_ >= 0) ::close(reserve_);
    }
    Acceptor(Acceptor const&) = delete;
    Acceptor& operator=(Acceptor const&) = delete;

    void listen(tcp::endpoint const& endpoint) {
        acceptor_.open(endpoint.protocol());
        acceptor_.set_option(tcp::acceptor::reuse_address(true));
        if (endpoint.address().is_v6()) {
            acceptor_.set_option(asio::ip::v6_only(!endpoint.address().is_unspecified()));
        }
        // Accepted sockets inherit it: a peer that doesn't read may fill this much of the kernel's memory instead of
        // megabytes, and its outbox tells early that it is behind.
        acceptor_.set_option(asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>(unsent_kernel_bytes));
        acceptor_.bind(endpoint);
        acceptor_.listen();
        acceptor_.native_non_blocking(true);
    }
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    // On the loop:
    void wait() {
        if (stopped_) return;
        acceptor_.async_wait(tcp::acceptor::wait_read, [self = shared_from_this()](asio::error_code error) {
            if (!error && !self->stopped_) self->accept_batch_now();
        });
    }
    void stop() {
        stopped_ = true;
        asio::error_code ignored;
        acceptor_.close(ignored);
        retry_.cancel();
    }

private:
    enum class Step { again, wait, pause };

    void accept_batch_now() {
        auto step = Step::again;
        for (int count = 0; count < accept_batch && step == Step::again; ++count) step = accept_one();
        deal();
        if (step != Step::pause) return wait();
        retry_.expires_after(accept_pause);
        retry_.async_wait([self = shared_from_this()](asio::error_code error) {
            if (!error && !self->stopped_) self->accept_batch_now();
        });
    }

    Step accept_one() {
        sockaddr_storage storage{};
        socklen_t size = sizeof storage;
        int const descriptor = ::accept4(acceptor_.native_handle(), reinterpret_cast<sockaddr*>(&storage), &size,
                                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            take(descriptor, address_text(storage));
            return Step::again;
        }
        switch (errno) {
            case EAGAIN:
#if EAGAIN != EWOULDBLOCK
            case EWOULDBLOCK:
#endif
                return Step::wait;
            case EMFILE:
            case ENFILE: return shed_one();
            case ENOBUFS:
            case ENOMEM: return Step::pause;
            default: return Step::again;  // the peer gave up, or its network did (accept(2), "Error handling")
        }
    }

    /// Without a free descriptor nothing can be accepted, and the peer would wait: the reserve is given up for a
    /// moment to take the connection and close it.
    Step shed_one() {
        if (!told_) base::log::warn("no file descriptor is free: new connections are refused");
        told_ = true;
        if (reserve_ < 0) {
            reserve_ = open_reserve();
            return Step::pause;
        }
        ::close(reserve_);
        int const descriptor = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor >= 0) {
            ::close(descriptor);
            state_->refused.fetch_add(1);
        }
        reserve_ = open_reserve();
        if (reserve_ < 0) return Step::pause;
        return descriptor >= 0 ? Step::again : Step::wait;
    }

    void take(int descriptor, std::string address) {
        told_ = false;
        state_->accepted.fetch_add(1);
        auto const& limits = state_->limits;
        bool const counted_by_address = !(limits.is_exempt && limits.is_exempt(address));
        bool const full = state_->open_connections.load() >= limits.connections;
        if (full || (counted_by_address && !state_->addresses.admit(address))) {
            ::close(descriptor);
            state_->refused.fetch_add(1);
            return;
        }
        state_->open_connections.fetch_add(1);
        int const on = 1;
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        dealt_[next_].push_back({descriptor, std::move(address), counted_by_address});
        next_ = (next_ + 1) % shards_.size();
    }

    void deal() {
        for (std::size_t index = 0; index < shards_.size(); ++index) {
            if (dealt_[index].empty()) continue;
            shards_[index]->loop().post([shard = shards_[index], batch = std::move(dealt_[index])] {
                for (auto const& accepted : batch) shard->adopt(accepted);
            });
            dealt_[index].clear();
        }
    }

    tcp::acceptor acceptor_;
    asio::steady_timer retry_;
    std::shared_ptr<ListenerState> state_;
    std::vector<std::shared_ptr<ListenerShard>> shards_;
    std::vector<std::vector<ListenerShard::Accepted>> dealt_;
    std::size_t next_ = 0;
    int reserve_;
    bool told_ = false;
    bool stopped_ = false;
};

/// Runs `work` on the loop and waits for it; here, where the loop has stopped.
template <class Work>
void run_on(AsioLoop& loop, Work work) {
    auto done = std::make_shared<std::promise<void>>();
    auto waiting = done->get_future();
    auto const both = [work, done] {
        work();
        done->set_value();
    };
    if (loop.is_current_thread() || !loop.mailbox()->post(both)) return work();
    waiting.wait();
}

}  // namespace

struct Listener::Implementation {
    Implementation(Loops& given_loops, Limits limits, Handlers handlers)
        : loops(given_loops), state(std::make_shared<ListenerState>(std::move(limits), std::move(handlers))) {}

    AsioLoop& loop(std::size_t index) { return *loops.implementation().loops[index]; }

    Loops& loops;
    std::shared_ptr<ListenerState> state;
    std::vector<std::shared_ptr<ListenerShard>> shards;
    std::mutex accepting;  ///< guards the acceptors
    std::vector<std::shared_ptr<Acceptor>> acceptors;
    bool stopped = false;
    std::uint16_t port = 0;
};

Listener::Listener(Loops& loops, Limits limits, Handlers handlers)
    : implementation_(std::make_unique<Implementation>(loops, std::move(limits), std::move(handlers))) {}

Listener::~Listener() {
    stop_accepting();
    auto& self = *implementation_;
    for (auto const& shard : self.shards) run_on(shard->loop(), [&shard] { shard->shut_down(); });
}

void Listener::start(std::string const& host, std::uint16_t port, Tls const* tls) {
    auto& self = *implementation_;
    if (tls != nullptr) self.state->tls = std::make_unique<TlsContext>(*tls);
    std::vector<std::shared_ptr<ListenerShard>> shards;
    for (std::size_t index = 0; index < self.loops.size(); ++index) {
        shards.push_back(std::make_shared<ListenerShard>(self.loop(index), self.state));
    }
    auto const acceptor = std::make_shared<Acceptor>(self.loop(0), self.state, shards);
    acceptor->listen(resolve(self.loop(0).context(), host, port));
    self.port = acceptor->port();
    self.shards = std::move(shards);
    self.acceptors.push_back(acceptor);
    for (auto const& shard : self.shards) shard->loop().post([shard] { shard->start(); });
    self.loop(0).post([acceptor] { acceptor->wait(); });
}

std::uint16_t Listener::port() const { return implementation_->port; }

void Listener::also_on(std::string const& host) {
    auto& self = *implementation_;
    std::lock_guard const lock{self.accepting};
    if (self.stopped) return;
    auto const acceptor = std::make_shared<Acceptor>(self.loop(0), self.state, self.shards);
    acceptor->listen(resolve(self.loop(0).context(), host, self.port));
    self.acceptors.push_back(acceptor);
    self.loop(0).post([acceptor] { acceptor->wait(); });
}

void Listener::stop_accepting() {
    auto& self = *implementation_;
    std::vector<std::shared_ptr<Acceptor>> acceptors;
    {
        std::lock_guard const lock{self.accepting};
        self.stopped = true;
        acceptors.swap(self.acceptors);
    }
    for (auto const& acceptor : acceptors) run_on(self.loop(0), [acceptor] { acceptor->stop(); });
}

void Listener::drain(std::chrono::milliseconds grace) {
    stop_accepting();
    auto& self = *implementation_;
    for (auto const& shard : self.shards) shard->loop().post([shard] { shard->drain(); });
    self.state->wait_until_empty(grace);
}

Listener::Figures Listener::figures() const {
    auto const& self = *implementation_;
    Figures figures;
    figures.accepted = self.state->accepted.load();
    figures.refused = self.state->refused.load();
    figures.open_connections = self.state->open_connections.load();
    for (auto const& shard : self.shards) {
        figures.requests += shard->requests.value();
        figures.open_websockets += shard->websockets.value();
        figures.bytes_in += shard->bytes_in.value();
        figures.bytes_out += shard->bytes_out.value();
        figures.outbox_bytes += shard->outbox_bytes.value();
        figures.dropped_slow += shard->dropped_slow.value();
    }
    return figures;
}

}  // namespace soyuz::net

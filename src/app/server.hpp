#pragma once

#include <memory>
#include <string>

#include "app/config.hpp"

namespace soyuz::app {

/// The running server: builds the rooms of the house in order, connects them and owns their threads.
///
/// Not thread-safe: made, run and destroyed by one thread.
class Server {
public:
    /// Opens the data folder and starts to listen. Throws Failure with the exit code that fits.
    explicit Server(Config config);
    ~Server();

    /// "http://HOST:PORT", once made.
    std::string address() const;
    /// Prints what people need to connect: the address, the set-up link while there is no account, the tunnel.
    void announce();
    /// Accepts no more, closes sockets with 1001, commits, checkpoints; takes less than five seconds.
    void stop();

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

/// `soyuz serve`: runs until SIGTERM, SIGINT or SIGHUP, and returns the exit code.
int serve(Config config);

}  // namespace soyuz::app

#pragma once

#include <string>
#include <vector>

#include "app/chat_services.hpp"
#include "app/config.hpp"
#include "app/endpoints.hpp"
#include "app/maintenance.hpp"
#include "app/public_address.hpp"

namespace soyuz::app {

/// The running server: builds the rooms of the house in order, connects them and owns their threads.
///
/// Not thread-safe: made, run and destroyed by one thread.
class Server {
public:
    /// Opens the data folder and starts to listen. Throws Failure with the exit code that fits.
    explicit Server(Config config);
    ~Server() { stop(); }
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;

    /// "http://HOST:PORT", once made.
    std::string address() const;
    /// Prints what people need to connect: the address, the set-up link while there is no owner, the tunnel.
    void announce();
    /// Accepts no more, closes sockets with 1001, commits, checkpoints; takes less than five seconds.
    void stop();

private:
    void start();
    /// The addresses that people may reach this server at, the best one first.
    std::vector<std::string> links() const;
    /// What to do next, for the person at the console.
    std::vector<std::string> advice(bool is_new) const;

    Config const config_;
    PublicAddress public_address_;
    ChatServices services_;
    Maintenance maintenance_;
    Endpoints endpoints_;
    bool stopped_ = false;
};

}  // namespace soyuz::app

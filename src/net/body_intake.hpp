#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "net/body_budget.hpp"
#include "net/body_spool.hpp"
#include "net/http_message.hpp"
#include "net/listener.hpp"

namespace soyuz::net {

class Connection;

/// Where the body under way goes: into the request, or into a file where it is large, within what all large bodies may
/// hold. Lives on one loop; files are written on a thread for that, as even the kernel's cache makes writers wait where
/// the disk is behind.
class BodyIntake {
public:
    explicit BodyIntake(Connection& connection);
    ~BodyIntake();
    BodyIntake(BodyIntake const&) = delete;
    BodyIntake& operator=(BodyIntake const&) = delete;

    enum class Kept {
        yes,
        being_written,  ///< nothing is parsed until HttpSession::body_written
        no,             ///< there is no room or no file, and all of it is gone
    };
    /// Makes room for a body of which `received` bytes have come by now, the newest in `request.body`.
    Kept keep(HttpRequest& request, std::size_t received, bool is_whole);
    bool is_being_written() const { return is_being_written_; }
    /// What was being written is in `spool`, or could not be kept: false, and all of it is gone.
    bool written(std::shared_ptr<BodySpool> spool, bool is_kept);
    /// Gives all of it to `request`, which is complete.
    void hand_over(HttpRequest& request);
    /// Bytes a second that it must come at: a large body that trickles holds memory for hours otherwise.
    double least_rate(std::size_t received) const;

private:
    bool is_large(std::size_t received) const { return received > limits_.large_body_bytes; }
    bool write(std::string& body, bool is_whole);
    void drop();

    Connection& connection_;
    Limits const& limits_;
    std::shared_ptr<BodyBudget::Share> share_;
    std::shared_ptr<BodySpool> spool_;  ///< while it is being written, the spooler's thread has it
    bool is_being_written_ = false;
};

}  // namespace soyuz::net

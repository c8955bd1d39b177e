#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "net/body_budget.hpp"
#include "net/body_spool.hpp"
#include "net/http_message.hpp"
#include "net/listener.hpp"

namespace soyuz::net {

/// Where the body under way goes: into the request, or into a file where it is large, within what all large bodies may
/// hold. Lives on one loop.
class BodyIntake {
public:
    /// `limits` outlives it.
    BodyIntake(Limits const& limits, BodyBudget& budget) : limits_(limits), budget_(budget) {}

    /// Makes room for a body of which `received` bytes have come by now, the newest in `request.body`. False, and all
    /// of it is gone, where there is no room or no file.
    bool keep(HttpRequest& request, std::size_t received);
    /// Gives all of it to `request`, which is complete. False where the file can't be read.
    bool hand_over(HttpRequest& request);
    /// Bytes a second that it must come at: a large body that trickles holds memory for hours otherwise.
    double least_rate(std::size_t received) const;

private:
    bool is_large(std::size_t received) const { return received > limits_.large_body_bytes; }
    bool spool(std::string& body);

    Limits const& limits_;
    BodyBudget& budget_;
    std::shared_ptr<BodyBudget::Share> share_;
    std::shared_ptr<BodySpool> spool_;
};

}  // namespace soyuz::net

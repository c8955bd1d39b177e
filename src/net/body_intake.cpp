#include "net/body_intake.hpp"

#include <utility>

namespace soyuz::net {

bool BodyIntake::keep(HttpRequest& request, std::size_t received) {
    if (!is_large(received)) return true;
    auto const& address = request.peer_address;
    if (!share_) share_ = budget_.share(address, limits_.is_exempt && limits_.is_exempt(address));
    if (share_->grow_to(received) && spool(request.body)) return true;
    share_.reset();
    spool_.reset();
    request.body = std::string();
    return false;
}

bool BodyIntake::spool(std::string& body) {
    // Making a file may wait for the file system's journal, so it is left to bodies that are worth it.
    if (limits_.spool_folder.empty() || (!spool_ && body.size() <= limits_.spool_from_bytes)) return true;
    if (!spool_) spool_ = BodySpool::make(limits_.spool_folder);
    if (!spool_ || !spool_->append(body)) return false;
    body.clear();
    return true;
}

bool BodyIntake::hand_over(HttpRequest& request) {
    if (spool_ && !spool_->finish()) return false;
    request.body_share = std::move(share_);
    request.spooled = std::move(spool_);
    return true;
}

double BodyIntake::least_rate(std::size_t received) const {
    return static_cast<double>(is_large(received) ? limits_.large_body_bytes_per_second
                                                  : limits_.body_bytes_per_second);
}

}  // namespace soyuz::net

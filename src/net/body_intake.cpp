#include "net/body_intake.hpp"

#include <utility>

#include "base/workers.hpp"
#include "net/connection.hpp"
#include "net/http_session.hpp"
#include "net/listener_shard.hpp"
#include "net/listener_state.hpp"

namespace soyuz::net {

namespace {

/// What is written to a body's file in one go: each is a trip to another thread and back.
constexpr std::size_t piece_bytes = std::size_t{256} << 10U;

struct Piece {
    std::shared_ptr<BodySpool> spool;
    std::string bytes;
    bool is_kept = false;
};

}  // namespace

BodyIntake::BodyIntake(Connection& connection) : connection_(connection), limits_(connection.limits()) {}

BodyIntake::~BodyIntake() { drop(); }

BodyIntake::Kept BodyIntake::keep(HttpRequest& request, std::size_t received, bool is_whole) {
    if (!is_large(received)) return Kept::yes;
    auto const& address = request.peer_address;
    if (!share_) {
        bool const exempt = limits_.is_exempt && limits_.is_exempt(address);
        share_ = connection_.shard().state().bodies->share(address, exempt);
    }
    if (share_->grow_to(received) && write(request.body, is_whole))
        return is_being_written_ ? Kept::being_written : Kept::yes;
    drop();
    request.body = std::string();
    return Kept::no;
}

/// What has come goes to the file. False where too much waits for the spooler's thread.
bool BodyIntake::write(std::string& body, bool is_whole) {
    // Making a file may wait for the file system's journal, so it is left to bodies that are worth it.
    if (limits_.spool_folder.empty() || (!spool_ && body.size() <= limits_.spool_from_bytes)) return true;
    if (spool_ && body.size() < piece_bytes && !is_whole) return true;
    auto const piece = std::make_shared<Piece>(Piece{std::move(spool_), std::exchange(body, {})});
    auto& shard = connection_.shard();
    is_being_written_ =
        shard.state().spooler->submit([piece, is_whole, &folder = limits_.spool_folder,
                                       mailbox = shard.loop().mailbox(), connection = connection_.weak_from_this()] {
            auto& [spool, bytes, is_kept] = *piece;
            if (!spool) spool = BodySpool::make(folder);
            is_kept = spool && spool->append(bytes) && (!is_whole || spool->finish());
            mailbox->post([connection, piece] {
                auto const alive = connection.lock();
                if (alive && !alive->is_closed() && alive->http() != nullptr)
                    alive->http()->body_written(std::move(piece->spool), piece->is_kept);
            });
        });
    return is_being_written_;
}

bool BodyIntake::written(std::shared_ptr<BodySpool> spool, bool is_kept) {
    is_being_written_ = false;
    spool_ = std::move(spool);
    if (!is_kept) drop();
    return is_kept;
}

/// Freeing a large file's pages takes a while, so its own thread does it.
void BodyIntake::drop() {
    share_.reset();
    if (spool_) (void)connection_.shard().state().spooler->submit([spool = std::exchange(spool_, nullptr)] {});
}

void BodyIntake::hand_over(HttpRequest& request) {
    request.body_share = std::move(share_);
    request.spooled = std::move(spool_);
}

double BodyIntake::least_rate(std::size_t received) const {
    return static_cast<double>(is_large(received) ? limits_.large_body_bytes_per_second
                                                  : limits_.body_bytes_per_second);
}

}  // namespace soyuz::net

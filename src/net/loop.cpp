#include "net/loop.hpp"

#include <stdexcept>

#include "net/asio_loop.hpp"

namespace soyuz::net {

Loops::Loops(std::size_t count) : implementation_(std::make_unique<Implementation>()) {
    if (count == 0) throw std::invalid_argument("at least one loop is needed");
    for (std::size_t index = 0; index < count; ++index) {
        implementation_->loops.push_back(std::make_unique<AsioLoop>(index));
    }
    for (auto& loop : implementation_->loops) loop->start();
}

Loops::~Loops() { stop(); }

std::size_t Loops::size() const { return implementation_->loops.size(); }

Loop& Loops::at(std::size_t index) { return *implementation_->loops.at(index); }

void Loops::stop() {
    for (auto& loop : implementation_->loops) loop->ask_to_stop();
    for (auto& loop : implementation_->loops) loop->join();
}

}  // namespace soyuz::net

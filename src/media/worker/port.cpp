#include "media/worker/port.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include <unistd.h>

#include "media/frames.hpp"

namespace soyuz::media {

bool Port::read_all(char* into, std::size_t count) {
    while (count > 0) {
        auto const got = ::read(worker_socket, into, count);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        into += got;
        count -= static_cast<std::size_t>(got);
    }
    return true;
}

std::size_t Port::read(char* into, std::size_t most) {
    while (left_ == 0 && !has_ended_) {
        std::array<char, frame_head> head{};
        if (!read_all(head.data(), head.size()) || head[0] != data_frame) {
            has_ended_ = true;
            break;
        }
        auto const length = frame_length({head.data(), head.size()});
        has_ended_ = !length;
        left_ = length.value_or(0);
    }
    if (has_ended_) return 0;
    auto const count = std::min(left_, most);
    if (!read_all(into, count)) return has_ended_ = true, 0;
    left_ -= count;
    return count;
}

void Port::say(char kind, std::string_view bytes) {
    auto const frame = frame_head_of(kind, bytes.size()).append(bytes);
    std::string_view left = frame;
    while (!left.empty()) {
        auto const count = ::write(worker_socket, left.data(), left.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) ::_exit(0);
        left.remove_prefix(static_cast<std::size_t>(count));
    }
}

}  // namespace soyuz::media

#pragma once

#include <cstddef>
#include <string_view>

namespace soyuz::media {

/// The worker's end of the socket pair.
class Port {
public:
    /// Some bytes of the stream, at most `most`; 0 at its end. Waits.
    std::size_t read(char* into, std::size_t most);
    /// Ends the process where nobody reads any more.
    void say(char kind, std::string_view bytes);

private:
    bool read_all(char* into, std::size_t count);

    std::size_t left_ = 0;  ///< of the present frame
    bool has_ended_ = false;
};

}  // namespace soyuz::media

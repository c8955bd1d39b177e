// soyuz-media: looks at one stream, whose bytes come through a socket pair from the server. Boxed before it reads the
// first of them.
#include <cstdio>
#include <string>

#include "media/frames.hpp"
#include "media/worker/box.hpp"
#include "media/worker/decoder.hpp"
#include "media/worker/hearing.hpp"
#include "media/worker/port.hpp"
#include "media/worker/seeing.hpp"

using namespace soyuz::media;

int main() {
    Port port;
    // The model lies in files.
    Hearing hearing{[&](std::string const& said) { port.say(spoken_frame, said); }};
    if (!enter_box()) {
        std::fputs("soyuz-media: this kernel has no box to work in\n", stderr);
        return 1;
    }
    Seeing seeing{[&](std::string_view jpeg) { port.say(picture_frame, jpeg); }};
    DecoderHooks hooks;
    hooks.read = [&](std::uint8_t* into, int most) {
        return static_cast<int>(port.read(reinterpret_cast<char*>(into), static_cast<std::size_t>(most)));
    };
    hooks.picture = [&](AVFrame const& frame) { seeing.show(frame); };
    hooks.sound = [&](std::span<std::int16_t const> samples) { hearing.hear(samples); };
    hooks.alive = [&] { port.say(alive_frame, {}); };
    auto const fault = decode(hooks);
    hearing.end();
    if (!fault.empty()) port.say(fault_frame, fault);
    return 0;
}

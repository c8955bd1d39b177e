// Packets of Engine.IO and Socket.IO (src/socketio): what is read well is written back as it came, nothing is read
// beyond its bounds, and the work stays linear in the bytes. The input is a polling body.
#include <string>

#include "base/text.hpp"
#include "fuzz/fuzz.hpp"
#include "socketio/engine_packet.hpp"
#include "socketio/packet_reader.hpp"

using namespace soyuz;
using fuzz::must;

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const body = fuzz::text_of(data, size);
    if (!base::is_valid_utf8(body)) return 0;
    socketio::PacketReader reader{1U << 16U};
    std::string again;
    std::size_t packets = 0;
    std::size_t bytes = 0;
    bool const is_good = socketio::read_payload(body, 64, [&](socketio::EnginePacket const& packet) {
        ++packets;
        bytes += packet.data.size();
        if (packet.is_binary) {
            socketio::append_binary_packet(again, packet.data);
            reader.binary(packet.data);
            return true;
        }
        socketio::append_packet(again, static_cast<char>(packet.kind) + std::string{packet.data});
        if (packet.kind != socketio::EngineKind::message) return true;
        if (reader.text(packet.data) == socketio::PacketReader::Outcome::complete) {
            auto const whole = reader.take();
            must(whole.attachments.size() <= socketio::max_attachments, "attachments are bounded");
            must(whole.name_space.size() <= socketio::max_name_space, "namespaces are bounded");
        }
        return true;
    });
    must(packets <= 64 && bytes <= body.size(), "each byte is read once");
    if (is_good &&
        body.find("\x1e"
                  "b") == std::string_view::npos &&
        !body.starts_with('b'))
        must(again == body, "a payload is written as it was read");
    return 0;
}

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// EBML (RFC 8794), as far as WebM needs it: elements of an identifier, a size and content.
namespace soyuz::live::webm {

/// Identifiers as they stand in the file, their marker bits included (Matroska, RFC 9559).
namespace id {
inline constexpr std::uint32_t ebml = 0x1A45DFA3;
inline constexpr std::uint32_t ebml_version = 0x4286;
inline constexpr std::uint32_t ebml_read_version = 0x42F7;
inline constexpr std::uint32_t ebml_max_id_length = 0x42F2;
inline constexpr std::uint32_t ebml_max_size_length = 0x42F3;
inline constexpr std::uint32_t doc_type = 0x4282;
inline constexpr std::uint32_t doc_type_version = 0x4287;
inline constexpr std::uint32_t doc_type_read_version = 0x4285;
inline constexpr std::uint32_t segment = 0x18538067;
inline constexpr std::uint32_t seek_head = 0x114D9B74;
inline constexpr std::uint32_t seek = 0x4DBB;
inline constexpr std::uint32_t seek_id = 0x53AB;
inline constexpr std::uint32_t seek_position = 0x53AC;
inline constexpr std::uint32_t info = 0x1549A966;
inline constexpr std::uint32_t timestamp_scale = 0x2AD7B1;
inline constexpr std::uint32_t duration = 0x4489;
inline constexpr std::uint32_t muxing_app = 0x4D80;
inline constexpr std::uint32_t writing_app = 0x5741;
inline constexpr std::uint32_t tracks = 0x1654AE6B;
inline constexpr std::uint32_t track_entry = 0xAE;
inline constexpr std::uint32_t track_number = 0xD7;
inline constexpr std::uint32_t track_uid = 0x73C5;
inline constexpr std::uint32_t track_type = 0x83;
inline constexpr std::uint32_t codec_id = 0x86;
inline constexpr std::uint32_t codec_private = 0x63A2;
inline constexpr std::uint32_t content_encodings = 0x6D80;
inline constexpr std::uint32_t video = 0xE0;
inline constexpr std::uint32_t pixel_width = 0xB0;
inline constexpr std::uint32_t pixel_height = 0xBA;
inline constexpr std::uint32_t audio = 0xE1;
inline constexpr std::uint32_t sampling_frequency = 0xB5;
inline constexpr std::uint32_t channels = 0x9F;
inline constexpr std::uint32_t cluster = 0x1F43B675;
inline constexpr std::uint32_t timestamp = 0xE7;
inline constexpr std::uint32_t simple_block = 0xA3;
inline constexpr std::uint32_t block_group = 0xA0;
inline constexpr std::uint32_t block = 0xA1;
inline constexpr std::uint32_t reference_block = 0xFB;
inline constexpr std::uint32_t cues = 0x1C53BB6B;
inline constexpr std::uint32_t cue_point = 0xBB;
inline constexpr std::uint32_t cue_time = 0xB3;
inline constexpr std::uint32_t cue_track_positions = 0xB7;
inline constexpr std::uint32_t cue_track = 0xF7;
inline constexpr std::uint32_t cue_cluster_position = 0xF1;
inline constexpr std::uint32_t void_ = 0xEC;
}  // namespace id

/// What stands before an element's content.
struct ElementHeader {
    std::uint32_t id = 0;
    std::optional<std::uint64_t> size;  ///< none: unknown, the element ends where its parent goes on
    std::size_t bytes = 0;              ///< of the header itself
};

enum class Parsed { ok, incomplete, invalid };

/// Reads the header at the start of `bytes`.
Parsed parse_header(std::string_view bytes, ElementHeader& header);
/// Reads a variable-size integer without its marker; `length` is how many bytes it takes.
Parsed parse_vint(std::string_view bytes, std::uint64_t& value, std::size_t& length);

/// Takes the child elements of `content` one by one; false where it is no whole sequence of elements of known size, or
/// where `visit(id, content)` says so.
template <class Visit>
bool each_child(std::string_view content, Visit visit) {
    while (!content.empty()) {
        ElementHeader header;
        if (parse_header(content, header) != Parsed::ok || !header.size) return false;
        content.remove_prefix(header.bytes);
        if (*header.size > content.size()) return false;
        if (!visit(header.id, content.substr(0, static_cast<std::size_t>(*header.size)))) return false;
        content.remove_prefix(static_cast<std::size_t>(*header.size));
    }
    return true;
}

/// Content of an integer or float element; none where it is longer than eight bytes or, as a float, not 0, 4 or 8.
std::optional<std::uint64_t> read_unsigned(std::string_view content);
std::optional<double> read_float(std::string_view content);

void append_id(std::string& out, std::uint32_t id);
/// In as few bytes as it takes, or in `length` bytes.
void append_size(std::string& out, std::uint64_t size, std::size_t length = 0);
void append_unknown_size(std::string& out);
void append_element(std::string& out, std::uint32_t id, std::string_view content);
/// In as few bytes as it takes, or in `length` bytes.
void append_unsigned(std::string& out, std::uint32_t id, std::uint64_t value, std::size_t length = 0);
void append_float(std::string& out, std::uint32_t id, double value);

}  // namespace soyuz::live::webm

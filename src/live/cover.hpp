#pragma once

#include <string>
#include <string_view>

/// What goes out in place of a picture or a sound that nobody is to see or hear. Players notice nothing: the frames
/// take as long as those they stand for.
namespace soyuz::live {

/// A black picture that needs none before it. `codec` is "V_VP8" or "V_VP9".
std::string black_picture(std::string_view codec);

/// An Opus packet (RFC 6716) of silence, as long as `packet`.
std::string silence(std::string_view packet);

/// How long an Opus packet plays, in quarters of a hundredth second (2.5 ms); 0 for one that is malformed.
unsigned opus_length(std::string_view packet);

}  // namespace soyuz::live

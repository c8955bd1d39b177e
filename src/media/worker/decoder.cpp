#include "media/worker/decoder.hpp"

#include <array>
#include <cerrno>
#include <memory>
#include <vector>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
}

namespace soyuz::media {

namespace {

constexpr int buffer_bytes = 64 << 10, samples_per_second = 16'000;
constexpr double picture_every_s = 2;
constexpr unsigned packets_alive = 200, most_faults_in_a_row = 2'000;
constexpr long long largest_picture = 4096LL * 4096;
constexpr char formats[] = "mpegts,mov,mp4,matroska,webm,flv,aac,mp3,ogg,wav,h264,hevc,mpegvideo,mpeg";
constexpr char codecs[] =
    "h264,hevc,vp8,vp9,mpeg4,mpeg2video,mpeg1video,mjpeg,aac,aac_latm,mp3,mp3float,opus,vorbis,flac,ac3,pcm_s16le,"
    "pcm_s16be,pcm_alaw,pcm_mulaw";

int read_bytes(void* hooks, std::uint8_t* into, int most) {
    auto const count = static_cast<DecoderHooks const*>(hooks)->read(into, most);
    return count == 0 ? AVERROR_EOF : count;
}

/// Parts of a stream that lie elsewhere.
int refuse_to_open(AVFormatContext*, AVIOContext**, char const*, int, AVDictionary**) { return AVERROR(EPERM); }

struct Free {
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
    void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
    void operator()(SwrContext* converter) const { swr_free(&converter); }
    void operator()(AVIOContext* context) const {
        av_freep(&context->buffer);
        avio_context_free(&context);
    }
};
template <class T>
using Held = std::unique_ptr<T, Free>;

/// One track of the stream.
struct Track {
    int index = -1;
    double seconds_per_tick = 0;
    Held<AVCodecContext> codec;
};

Track open_track(AVFormatContext& stream, AVMediaType kind) {
    AVCodec const* decoder = nullptr;
    Track track;
    track.index = av_find_best_stream(&stream, kind, -1, -1, &decoder, 0);
    if (track.index < 0 || decoder == nullptr) return {};
    auto const& chosen = *stream.streams[track.index];
    track.seconds_per_tick = av_q2d(chosen.time_base);
    track.codec.reset(avcodec_alloc_context3(decoder));
    if (!track.codec || avcodec_parameters_to_context(track.codec.get(), chosen.codecpar) < 0) return {};
    track.codec->thread_count = 1;
    track.codec->max_pixels = largest_picture;
    if (kind == AVMEDIA_TYPE_VIDEO) track.codec->skip_frame = AVDISCARD_NONKEY;
    AVDictionary* options = nullptr;
    av_dict_set(&options, "codec_whitelist", codecs, 0);
    bool const is_open = avcodec_open2(track.codec.get(), decoder, &options) == 0;
    av_dict_free(&options);
    if (!is_open) return {};
    return track;
}

/// Sound of any form, as the recogniser wants it. Its form may change on the way.
class Converter {
public:
    explicit Converter(std::function<void(std::span<std::int16_t const>)> const& sound) : sound_(sound) {}

    void take(AVFrame const& frame) {
        if (frame.sample_rate <= 0 || frame.ch_layout.nb_channels <= 0 || frame.nb_samples <= 0) return;
        bool const is_same = converter_ && rate_ == frame.sample_rate && format_ == frame.format &&
                             channels_ == frame.ch_layout.nb_channels;
        if (!is_same) begin(frame);
        if (!converter_) return;
        auto const most = swr_get_out_samples(converter_.get(), frame.nb_samples);
        if (most <= 0) return;
        samples_.resize(static_cast<std::size_t>(most));
        auto* out = reinterpret_cast<std::uint8_t*>(samples_.data());
        auto const count = swr_convert(converter_.get(), &out, most,
                                       const_cast<std::uint8_t const**>(frame.extended_data), frame.nb_samples);
        if (count > 0) sound_({samples_.data(), static_cast<std::size_t>(count)});
    }

private:
    void begin(AVFrame const& frame) {
        rate_ = frame.sample_rate;
        format_ = frame.format;
        channels_ = frame.ch_layout.nb_channels;
        AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO, own = frame.ch_layout;
        SwrContext* made = nullptr;
        swr_alloc_set_opts2(&made, &mono, AV_SAMPLE_FMT_S16, samples_per_second, &own,
                            static_cast<AVSampleFormat>(frame.format), frame.sample_rate, 0, nullptr);
        converter_.reset(made);
        if (converter_ && swr_init(converter_.get()) < 0) converter_.reset();
    }

    std::function<void(std::span<std::int16_t const>)> const& sound_;
    Held<SwrContext> converter_;
    int rate_ = 0, format_ = -1, channels_ = 0;
    std::vector<std::int16_t> samples_;
};

/// Decodes a packet; `made` gets what comes of it.
void decode_packet(Track const& track, AVPacket const& packet, AVFrame& frame,
                   std::function<void(AVFrame const&)> const& made) {
    if (avcodec_send_packet(track.codec.get(), &packet) < 0) return;
    while (avcodec_receive_frame(track.codec.get(), &frame) == 0) {
        made(frame);
        av_frame_unref(&frame);
    }
}

}  // namespace

std::string decode(DecoderHooks const& hooks) {
    av_log_set_level(AV_LOG_QUIET);
    Held<AVIOContext> const input{avio_alloc_context(static_cast<unsigned char*>(av_malloc(buffer_bytes)), buffer_bytes,
                                                     0, const_cast<DecoderHooks*>(&hooks), read_bytes, nullptr,
                                                     nullptr)};
    auto* opened = avformat_alloc_context();
    if (!input || opened == nullptr) return "There is no memory for the stream.";
    opened->pb = input.get();
    opened->flags |= AVFMT_FLAG_CUSTOM_IO;
    opened->io_open = refuse_to_open;
    opened->probesize = 2 << 20;
    opened->max_streams = 16;
    AVDictionary* options = nullptr;
    av_dict_set(&options, "format_whitelist", formats, 0);
    av_dict_set(&options, "codec_whitelist", codecs, 0);
    av_dict_set(&options, "protocol_whitelist", "none", 0);
    bool const is_open = avformat_open_input(&opened, "", nullptr, &options) == 0;
    av_dict_free(&options);
    // What could not be opened is freed already.
    if (!is_open) return "This is no stream that can be read.";
    Held<AVFormatContext> const stream{opened};
    stream->io_open = refuse_to_open;
    if (avformat_find_stream_info(stream.get(), nullptr) < 0) return "Nothing in the stream can be read.";
    auto const video = open_track(*stream, AVMEDIA_TYPE_VIDEO), audio = open_track(*stream, AVMEDIA_TYPE_AUDIO);
    if (!video.codec && !audio.codec) return "The stream has neither picture nor sound that can be read.";
    Held<AVPacket> const packet{av_packet_alloc()};
    Held<AVFrame> const frame{av_frame_alloc()};
    if (!packet || !frame) return "There is no memory for the stream.";
    Converter converter{hooks.sound};
    double shown_at = -picture_every_s;
    unsigned packets = 0, faults = 0;
    for (;;) {
        auto const got = av_read_frame(stream.get(), packet.get());
        if (got == AVERROR_EOF) return {};
        if (got < 0) {
            // Rubbish is skipped, but not for ever.
            if (++faults > most_faults_in_a_row) return "The stream is damaged.";
            continue;
        }
        faults = 0;
        if (++packets % packets_alive == 0) hooks.alive();
        if (video.codec && packet->stream_index == video.index && (packet->flags & AV_PKT_FLAG_KEY) != 0) {
            auto const ticks = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
            auto const at = ticks == AV_NOPTS_VALUE ? shown_at + picture_every_s
                                                    : static_cast<double>(ticks) * video.seconds_per_tick;
            bool const is_due = at >= shown_at + picture_every_s || at < shown_at;
            if (is_due) {
                shown_at = at;
                decode_packet(video, *packet, *frame, hooks.picture);
                // Without those that follow, some decoders hold a key frame back.
                avcodec_send_packet(video.codec.get(), nullptr);
                while (avcodec_receive_frame(video.codec.get(), frame.get()) == 0) {
                    hooks.picture(*frame);
                    av_frame_unref(frame.get());
                }
                avcodec_flush_buffers(video.codec.get());
            }
        }
        if (audio.codec && packet->stream_index == audio.index)
            decode_packet(audio, *packet, *frame, [&](AVFrame const& sound) { converter.take(sound); });
        av_packet_unref(packet.get());
    }
}

}  // namespace soyuz::media

#include "media/worker/seeing.hpp"

#include <algorithm>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
}

namespace soyuz::media {

namespace {

constexpr int largest_side = 8192, quality = 6;

}  // namespace

/// For pictures of one size and form.
struct Seeing::Encoder {
    Encoder(int from_width, int from_height, int from_format)
        : source_width(from_width), source_height(from_height), source_format(from_format) {
        auto const width = std::min(widest, from_width) & ~1;
        auto const scaled = static_cast<long>(from_height) * width / std::max(1, from_width);
        auto const height = static_cast<int>(std::clamp<long>(scaled, 2, largest_side)) & ~1;
        auto const* const codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
        context = codec == nullptr ? nullptr : avcodec_alloc_context3(codec);
        picture = av_frame_alloc();
        packet = av_packet_alloc();
        if (context == nullptr || picture == nullptr || packet == nullptr || width < 2) return;
        context->width = picture->width = width;
        context->height = picture->height = height;
        context->pix_fmt = AV_PIX_FMT_YUVJ420P;
        picture->format = AV_PIX_FMT_YUVJ420P;
        context->time_base = {1, 25};
        context->thread_count = 1;
        context->flags |= AV_CODEC_FLAG_QSCALE;
        context->global_quality = FF_QP2LAMBDA * quality;
        picture->quality = context->global_quality;
        scaler = sws_getContext(from_width, from_height, static_cast<AVPixelFormat>(from_format), width, height,
                                AV_PIX_FMT_YUVJ420P, SWS_BILINEAR, nullptr, nullptr, nullptr);
        is_ready =
            scaler != nullptr && av_frame_get_buffer(picture, 0) == 0 && avcodec_open2(context, codec, nullptr) == 0;
    }
    ~Encoder() {
        sws_freeContext(scaler);
        avcodec_free_context(&context);
        av_frame_free(&picture);
        av_packet_free(&packet);
    }
    Encoder(Encoder const&) = delete;
    Encoder& operator=(Encoder const&) = delete;

    int const source_width, source_height, source_format;
    AVCodecContext* context = nullptr;
    AVFrame* picture = nullptr;
    AVPacket* packet = nullptr;
    SwsContext* scaler = nullptr;
    bool is_ready = false;
};

Seeing::Seeing(std::function<void(std::string_view)> shown) : shown_(std::move(shown)) {}
Seeing::~Seeing() = default;

void Seeing::show(AVFrame const& frame) {
    bool const is_sane = frame.width > 0 && frame.height > 0 && frame.width <= largest_side &&
                         frame.height <= largest_side && frame.format >= 0;
    if (!is_sane) return;
    bool const is_same = encoder_ && encoder_->source_width == frame.width && encoder_->source_height == frame.height &&
                         encoder_->source_format == frame.format;
    if (!is_same) encoder_ = std::make_unique<Encoder>(frame.width, frame.height, frame.format);
    if (!encoder_->is_ready || av_frame_make_writable(encoder_->picture) != 0) return;
    sws_scale(encoder_->scaler, frame.data, frame.linesize, 0, frame.height, encoder_->picture->data,
              encoder_->picture->linesize);
    ++encoder_->picture->pts;
    if (avcodec_send_frame(encoder_->context, encoder_->picture) != 0) return;
    while (avcodec_receive_packet(encoder_->context, encoder_->packet) == 0) {
        shown_(
            {reinterpret_cast<char const*>(encoder_->packet->data), static_cast<std::size_t>(encoder_->packet->size)});
        av_packet_unref(encoder_->packet);
    }
}

}  // namespace soyuz::media

#include "web/files/images.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>

#include <vips/vips.h>

#include "base/log.hpp"
#include "web/files/png_chunks.hpp"
#include "web/files/uploads.hpp"

namespace soyuz::web {

namespace {

constexpr int avatar_side = 256;
constexpr int most_sides_ratio = 20;
constexpr std::int64_t megapixels = std::int64_t{1} << 20;
// Every pixel of these is decoded at full size; of a JPEG in scans all coefficients stand in memory.
constexpr std::int64_t most_pixels = 16 * megapixels;
// One that is read in a single scan is made smaller while it is decoded.
constexpr std::int64_t most_jpeg_pixels = 100 * megapixels;
// Each scan of a JPEG goes over the whole picture once more.
constexpr std::size_t most_jpeg_scans = 32;

struct Unref {
    void operator()(VipsImage* image) const { g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

void start_vips() {
    static std::once_flag once;
    std::call_once(once, [] {
        if (VIPS_INIT("soyuz") != 0) throw std::runtime_error("libvips does not start");
        vips_concurrency_set(1);
        vips_cache_set_max(0);
        // Nothing but the four loaders below is ever called; should one hand on to another, it is not there.
        vips_block_untrusted_set(TRUE);
        // What it warns of is in its errors too; a hostile picture need not fill the log.
        g_log_set_handler(
            "VIPS", G_LOG_LEVEL_WARNING, [](char const*, GLogLevelFlags, char const*, void*) {}, nullptr);
    });
}

base::Error refusal(char const* sentence) { return base::invalid_field("avatar", sentence); }
base::Error unreadable() { return refusal("This picture can't be read."); }

/// Reads the header; pixels are decoded from top to bottom once they are asked for. `shrink`: 1, 2, 4 or 8, by which a
/// JPEG or WebP is made smaller on the way.
Image open_image(std::string_view content, std::string_view type, int shrink) {
    auto* const data = const_cast<char*>(content.data());
    auto const size = content.size();
    VipsImage* image = nullptr;
    int failed = 1;
    // Interlaced ones are kept whole in memory all the same.
    constexpr auto access = VIPS_ACCESS_SEQUENTIAL;
    constexpr auto fail_on = VIPS_FAIL_ON_TRUNCATED;
    if (type == "image/png")
        failed = vips_pngload_buffer(data, size, &image, "access", access, "fail_on", fail_on, nullptr);
    else if (type == "image/jpeg")
        failed =
            vips_jpegload_buffer(data, size, &image, "access", access, "fail_on", fail_on, "shrink", shrink, nullptr);
    else if (type == "image/webp")
        failed = vips_webpload_buffer(data, size, &image, "access", access, "fail_on", fail_on, "scale", 1.0 / shrink,
                                      nullptr);
    else if (type == "image/gif")
        failed = vips_gifload_buffer(data, size, &image, "access", access, "fail_on", fail_on, nullptr);
    return failed == 0 ? Image{image} : nullptr;
}

std::size_t scans_of_jpeg(std::string_view content) {
    // Within the coded pixels 0xFF is followed by 0 (JPEG, B.1.1.5), so this finds scans, and a few of a thumbnail.
    std::size_t scans = 0;
    constexpr std::string_view start_of_scan = "\xFF\xDA";
    for (auto at = content.find(start_of_scan); at != std::string_view::npos; at = content.find(start_of_scan, at + 2))
        ++scans;
    return scans;
}

/// What is wrong with a picture of this shape, before any of its pixels is decoded.
std::optional<base::Error> fault_of(VipsImage* image, std::string_view type, std::string_view content) {
    int const width = vips_image_get_width(image);
    int const height = vips_image_get_page_height(image);
    if (width <= 0 || height <= 0) return unreadable();
    bool const is_jpeg = type == "image/jpeg";
    if (is_jpeg && scans_of_jpeg(content) > most_jpeg_scans) return unreadable();
    int is_multiscan = 0;
    if (is_jpeg && vips_image_get_int(image, "jpeg-multiscan", &is_multiscan) != 0) return unreadable();
    bool const is_shrunk_on_load = is_jpeg && is_multiscan == 0;
    if (std::int64_t{width} * height > (is_shrunk_on_load ? most_jpeg_pixels : most_pixels))
        return refusal(is_shrunk_on_load ? "This picture has over 100 megapixels. Choose a smaller one."
                                         : "This picture has over 16 megapixels. Choose a smaller one.");
    if (std::int64_t{std::max(width, height)} > std::int64_t{std::min(width, height)} * most_sides_ratio)
        return refusal("This picture is too long and narrow. Choose one that is closer to a square.");
    return std::nullopt;
}

/// How far a picture may be shrunk while it is decoded, so that what is left still has twice the avatar's side.
int shrink_on_load(int side) {
    int shrink = 1;
    while (shrink < 8 && side / (shrink * 2) >= 2 * avatar_side) shrink *= 2;
    return shrink;
}

/// The square in the middle, made small.
Image make_square(VipsImage* image) {
    int const width = vips_image_get_width(image);
    int const height = vips_image_get_page_height(image);
    int const side = std::min(width, height);
    // Cut before it is enlarged: of a thin picture a strip is left that is as wide as it is high.
    VipsImage* cut = nullptr;
    if (vips_extract_area(image, &cut, (width - side) / 2, (height - side) / 2, side, side, nullptr) != 0)
        return nullptr;
    Image const middle{cut};
    VipsImage* small = nullptr;
    // Turns it too, as the camera noted: a square stays one.
    if (vips_thumbnail_image(middle.get(), &small, avatar_side, "height", avatar_side, "size", VIPS_SIZE_FORCE,
                             nullptr) != 0)
        return nullptr;
    return Image{small};
}

/// Gives a picture, and all that is made of it, up when it has taken too long. Outlives them.
class Deadline {
public:
    Deadline(VipsImage* image, std::chrono::milliseconds longest) : end_(std::chrono::steady_clock::now() + longest) {
        vips_image_set_progress(image, TRUE);
        g_signal_connect(image, "eval", G_CALLBACK(&Deadline::check), this);
    }
    Deadline(Deadline const&) = delete;
    Deadline& operator=(Deadline const&) = delete;

    bool is_over() const { return std::chrono::steady_clock::now() >= end_; }

private:
    static void check(VipsImage* image, VipsProgress*, Deadline* self) {
        if (self->is_over()) vips_image_set_kill(image, TRUE);
    }

    std::chrono::steady_clock::time_point const end_;
};

}  // namespace

base::Result<std::string> make_avatar(std::string_view content, std::chrono::milliseconds longest) {
    auto const kind = recognise(content);
    if (!kind.is_image) return base::Error{base::Code::wrong_type, "Send a PNG, JPEG, WebP or GIF picture."};

    std::optional<std::string> essential;
    if (kind.type == "image/png") {
        essential = essential_png(content);
        if (!essential) return unreadable();
        content = *essential;
    }
    start_vips();
    auto opened = open_image(content, kind.type, 1);
    if (!opened) return unreadable();
    if (auto fault = fault_of(opened.get(), kind.type, content)) return std::move(*fault);
    auto const shrink =
        shrink_on_load(std::min(vips_image_get_width(opened.get()), vips_image_get_page_height(opened.get())));
    bool const can_shrink = kind.type == "image/jpeg" || kind.type == "image/webp";
    if (shrink > 1 && can_shrink) opened = open_image(content, kind.type, shrink);
    if (!opened) return unreadable();

    // Before anything is made of it: what is made later is watched, too.
    Deadline const deadline{opened.get(), longest};
    auto const square = make_square(opened.get());
    void* bytes = nullptr;
    std::size_t size = 0;
    bool const is_made =
        square && vips_webpsave_buffer(square.get(), &bytes, &size, "Q", 82, "strip", TRUE, nullptr) == 0;
    std::string avatar{static_cast<char const*>(bytes), size};
    g_free(bytes);
    if (is_made && !deadline.is_over()) return avatar;
    base::log::debug("an avatar was refused", {{"error", vips_error_buffer()}});
    vips_error_clear();
    return deadline.is_over() ? refusal("This picture takes too long to read. Choose a smaller one.") : unreadable();
}

PictureSize picture_size(std::string_view content) {
    auto const kind = recognise(content);
    if (!kind.is_image) return {};
    std::optional<std::string> essential;
    if (kind.type == "image/png") {
        essential = essential_png(content);
        if (!essential) return {};
        content = *essential;
    }
    start_vips();
    auto const image = open_image(content, kind.type, 1);
    if (!image) {
        vips_error_clear();
        return {};
    }
    auto const width = static_cast<std::size_t>(vips_image_get_width(image.get()));
    auto const height = static_cast<std::size_t>(vips_image_get_page_height(image.get()));
    // EXIF 2.3, "Orientation": from 5 on the picture lies on its side.
    return vips_image_get_orientation(image.get()) < 5 ? PictureSize{width, height} : PictureSize{height, width};
}

}  // namespace soyuz::web

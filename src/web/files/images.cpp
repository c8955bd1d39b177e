#include "web/files/images.hpp"

#include <algorithm>
#include <memory>
#include <mutex>

#include <vips/vips.h>

#include "base/log.hpp"
#include "web/files/uploads.hpp"

namespace soyuz::web {

namespace {

constexpr int most_pixels_a_side = 4096;
constexpr int avatar_side = 256;

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

/// Reads the header; pixels are decoded only when they are asked for.
Image open_image(std::string_view content, std::string const& type) {
    auto* const data = const_cast<char*>(content.data());
    VipsImage* image = nullptr;
    int failed = 1;
    if (type == "image/png")
        failed = vips_pngload_buffer(data, content.size(), &image, "fail_on", VIPS_FAIL_ON_TRUNCATED, nullptr);
    else if (type == "image/jpeg")
        failed = vips_jpegload_buffer(data, content.size(), &image, "fail_on", VIPS_FAIL_ON_TRUNCATED, nullptr);
    else if (type == "image/webp")
        failed = vips_webpload_buffer(data, content.size(), &image, "fail_on", VIPS_FAIL_ON_TRUNCATED, nullptr);
    else if (type == "image/gif")
        failed = vips_gifload_buffer(data, content.size(), &image, "fail_on", VIPS_FAIL_ON_TRUNCATED, nullptr);
    return failed == 0 ? Image{image} : nullptr;
}

base::Error unreadable() { return base::invalid_field("avatar", "This picture can't be read."); }

}  // namespace

base::Result<std::string> make_avatar(std::string_view content) {
    auto const kind = recognise(content);
    if (!kind.is_image) return base::Error{base::Code::wrong_type, "Send a PNG, JPEG, WebP or GIF picture."};

    // One at a time: a picture of 4096 × 4096 takes 64 MB while it is decoded.
    static std::mutex one_at_a_time;
    std::lock_guard lock(one_at_a_time);
    start_vips();
    vips_error_clear();

    auto const opened = open_image(content, kind.type);
    if (!opened) return unreadable();
    int const width = vips_image_get_width(opened.get());
    int const height = vips_image_get_page_height(opened.get());
    if (width <= 0 || height <= 0) return unreadable();
    if (width > most_pixels_a_side || height > most_pixels_a_side)
        return base::invalid_field("avatar", "The picture is larger than 4096 × 4096 pixels.");

    VipsImage* turned = nullptr;
    if (vips_autorot(opened.get(), &turned, nullptr) != 0) return unreadable();
    Image const upright{turned};
    VipsImage* small = nullptr;
    if (vips_thumbnail_image(upright.get(), &small, avatar_side, "height", avatar_side, "crop", VIPS_INTERESTING_CENTRE,
                             nullptr) != 0)
        return unreadable();
    Image const square{small};

    void* bytes = nullptr;
    std::size_t size = 0;
    if (vips_webpsave_buffer(square.get(), &bytes, &size, "Q", 82, "strip", TRUE, nullptr) != 0) {
        base::log::debug(std::string{"an avatar was refused reason="} + vips_error_buffer());
        return unreadable();
    }
    std::string avatar{static_cast<char const*>(bytes), size};
    g_free(bytes);
    return avatar;
}

}  // namespace soyuz::web

#include "web/files/images.hpp"

#include <catch2/catch.hpp>
#include <vips/vips.h>

#include "web/files/png_chunks.hpp"
#include "web/pictures.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;
using namespace std::string_literals;

namespace {

/// A grey picture.
std::string jpeg(int width, int height, bool in_scans) {
    VIPS_INIT("tests");
    VipsImage* picture = nullptr;
    REQUIRE(vips_black(&picture, width, height, nullptr) == 0);
    void* bytes = nullptr;
    std::size_t size = 0;
    REQUIRE(vips_jpegsave_buffer(picture, &bytes, &size, "interlace", in_scans ? TRUE : FALSE, nullptr) == 0);
    g_object_unref(picture);
    std::string content{static_cast<char const*>(bytes), size};
    g_free(bytes);
    return content;
}

std::string reason(base::Result<std::string> const& made) { return made ? "" : made.error().message; }

}  // namespace

TEST_CASE("pictures become square, small and free of metadata; what is no picture is refused") {
    auto const avatar = web::make_avatar(png(300, 200, 200, chunk("tEXt", "Comment\0secret place"s)));
    REQUIRE(avatar);
    CHECK(avatar->starts_with("RIFF"));
    CHECK(avatar->find("secret place") == std::string::npos);
    CHECK(web::make_avatar(png(1, 1, 1)));
    CHECK(web::make_avatar(png(4096, 300, 300)));
    struct Case {
        char const* name;
        std::string content;
        base::Code code;
    };
    for (auto const& [name, content, code] : {
             Case{"a bomb that claims 60,000 rows", png(60'000, 60'000, 1), base::Code::invalid_value},
             Case{"fewer rows than claimed", png(100, 100, 3), base::Code::invalid_value},
             Case{"cut", png(300, 200, 200).substr(0, 60), base::Code::invalid_value},
             Case{"a header alone", png(10, 10, 10).substr(0, 8), base::Code::invalid_value},
             Case{"SVG", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", base::Code::wrong_type},
             Case{"SVG behind an XML head", "<?xml version=\"1.0\"?><svg/>", base::Code::wrong_type},
             Case{"PDF", "%PDF-1.4 x", base::Code::wrong_type},
             Case{"TIFF", "II*\0aaaa"s, base::Code::wrong_type},
             Case{"empty", "", base::Code::wrong_type},
             Case{"JPEG in name alone", "\xFF\xD8\xFF", base::Code::invalid_value},
             Case{"GIF in name alone", "GIF89a", base::Code::invalid_value},
             Case{"WebP in name alone", "RIFF\x04\0\0\0WEBP"s, base::Code::invalid_value},
         }) {
        INFO(name);
        auto const made = web::make_avatar(content);
        REQUIRE_FALSE(made);
        CHECK(made.error().code == code);
    }
}

TEST_CASE("an avatar has 256 × 256 pixels, whatever shape it is cut from") {
    for (auto const& [width, height] : {std::pair{1, 1}, {20, 1}, {1, 20}, {300, 200}, {40, 800}, {1600, 80}}) {
        INFO(width << " × " << height);
        auto const made = web::make_avatar(png(static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height),
                                               static_cast<std::uint32_t>(height)));
        REQUIRE(made);
        VipsImage* avatar = nullptr;
        REQUIRE(vips_webpload_buffer(const_cast<char*>(made->data()), made->size(), &avatar, nullptr) == 0);
        CHECK(vips_image_get_width(avatar) == 256);
        CHECK(vips_image_get_height(avatar) == 256);
        g_object_unref(avatar);
    }
}

TEST_CASE("a picture that is much longer than wide is refused, not enlarged until its short side fits") {
    for (auto const& [width, height] :
         {std::pair{1U, 21U}, {1U, 256U}, {1U, 1024U}, {1U, 4096U}, {2048U, 1U}, {4000U, 190U}}) {
        INFO(width << " × " << height);
        CHECK(reason(web::make_avatar(png(width, height, height))) ==
              "This picture is too long and narrow. Choose one that is closer to a square.");
    }
}

TEST_CASE("a picture has no more pixels than its format may") {
    CHECK(web::make_avatar(jpeg(5000, 4000, false)));
    CHECK(reason(web::make_avatar(png(5000, 4000, 1))) == "This picture has over 16 megapixels. Choose a smaller one.");
    CHECK(reason(web::make_avatar(jpeg(5000, 4000, true))) ==
          "This picture has over 16 megapixels. Choose a smaller one.");
    CHECK(reason(web::make_avatar(jpeg(20'000, 6'000, false))) ==
          "This picture has over 100 megapixels. Choose a smaller one.");
}

TEST_CASE("decoding is given up once it has taken too long") {
    CHECK(reason(web::make_avatar(png(600, 600, 600), std::chrono::milliseconds{0})) ==
          "This picture takes too long to read. Choose a smaller one.");
}

TEST_CASE("of a PNG only the chunks are read that its pixels need") {
    auto const picture = png(2, 2, 2);
    auto const gamma = chunk("gAMA", big_endian(45'455));
    struct Case {
        char const* name;
        std::string given, kept;
    };
    for (auto const& [name, given, kept] : {
             Case{"nothing to leave out", picture, picture},
             Case{"packed text", png(2, 2, 2, chunk("zTXt", "a\0\0bomb"s)), picture},
             Case{"text", png(2, 2, 2, chunk("tEXt", "a\0b"s) + chunk("iTXt", "a\0\0\0\0\0b"s)), picture},
             Case{"an animation", png(2, 2, 2, chunk("acTL", "12345678") + chunk("fdAT", "1234")), picture},
             Case{"the first of a kind", png(2, 2, 2, gamma + chunk("gAMA", big_endian(1))), png(2, 2, 2, gamma)},
             Case{"a profile for print", png(2, 2, 2, chunk("iCCP", std::string((1U << 20U) + 1, 'x'))), picture},
             Case{"what follows the end", picture + "trailing", picture},
         }) {
        INFO(name);
        CHECK(web::essential_png(given) == kept);
    }
    for (auto const& wrong : {""s, picture.substr(0, 8), picture.substr(0, picture.size() - 4),
                              picture.substr(0, 8) + "\xFF\xFF\xFF\xFFIDAT"s + std::string(40, 'x')})
        CHECK_FALSE(web::essential_png(wrong));
}

TEST_CASE("a picture's size is read from its header, and what is none has none") {
    auto const size = web::picture_size(png(640, 480, 480));
    CHECK(size.width == 640);
    CHECK(size.height == 480);
    CHECK(web::picture_size("\x89PNG\r\n\x1A\n").width == 0);
    CHECK(web::picture_size("no picture").height == 0);
}

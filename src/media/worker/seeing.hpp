#pragma once

#include <functional>
#include <memory>
#include <string_view>

struct AVFrame;

namespace soyuz::media {

/// Makes JPEGs of pictures, small enough for a page. Not thread-safe.
class Seeing {
public:
    static constexpr int widest = 640;
    explicit Seeing(std::function<void(std::string_view)> shown);
    ~Seeing();
    /// Of any size and any form of pixels; from one to the next both may change.
    void show(AVFrame const& frame);

private:
    struct Encoder;
    std::function<void(std::string_view)> const shown_;
    std::unique_ptr<Encoder> encoder_;
};

}  // namespace soyuz::media

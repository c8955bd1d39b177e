#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace soyuz::net {

/// The body of one request in a file without a name, gone with this object: a large body costs no memory while it comes
/// or waits. Writing goes to the kernel's cache, which makes writers wait where the disk is behind: not for loops.
///
/// Written by one thread at a time, then read by any.
class BodySpool {
public:
    /// None where `folder` takes no file.
    static std::shared_ptr<BodySpool> make(std::string const& folder);
    ~BodySpool();
    BodySpool(BodySpool const&) = delete;
    BodySpool& operator=(BodySpool const&) = delete;

    /// False where the disk takes no more.
    bool append(std::string_view bytes);
    /// Ends the writing: `bytes` shows all of it from now on. False where it can't be shown.
    bool finish();
    std::string_view bytes() const { return {data_, size_}; }

private:
    explicit BodySpool(int file) : file_(file) {}

    int const file_;
    std::size_t size_ = 0;
    char const* data_ = nullptr;
};

}  // namespace soyuz::net

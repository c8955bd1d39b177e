#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace soyuz::watch {

/// Pictures of watched streams, as files: `<folder>/<stream>/<name>.jpg`; the newest one of a stream is `last`.
/// Thread-safe; blocks on the disk. Names are those that this server gives.
class Evidence {
public:
    static constexpr std::string_view last = "last";
    static constexpr std::size_t largest = std::size_t{2} << 20U;

    /// Nothing is kept where `folder` is empty.
    explicit Evidence(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Is it a JPEG within the bound, and on the disk now? One of the same name is replaced.
    bool keep(std::string_view stream, std::string_view name, std::string_view jpeg);
    /// Where it is; none where there is no such picture.
    std::optional<std::filesystem::path> find(std::string_view stream, std::string_view name) const;
    std::uint64_t bytes(std::string_view stream, std::string_view name) const;
    void remove(std::string_view stream, std::string_view name);
    void remove_all(std::string_view stream);

private:
    std::filesystem::path path_of(std::string_view stream, std::string_view name) const;

    std::filesystem::path const folder_;
};

/// Is it a name that this server gives, and no path?
bool is_plain_name(std::string_view name);

}  // namespace soyuz::watch

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "net/http_message.hpp"

namespace soyuz::base {
class Workers;
}

namespace soyuz::web {

/// A file that is open for reading: it can be read to its end even when its name is gone. Thread-safe; blocks on the
/// disk.
class StoredFile {
public:
    /// None where there is no regular file.
    static std::shared_ptr<StoredFile const> open(std::filesystem::path const& path);
    ~StoredFile();
    StoredFile(StoredFile const&) = delete;
    StoredFile& operator=(StoredFile const&) = delete;

    std::uint64_t size() const { return size_; }
    /// `count` bytes from `first` on; none where the file does not have them.
    std::optional<std::string> read(std::uint64_t first, std::size_t count) const;

private:
    StoredFile(int file, std::uint64_t size) : file_(file), size_(size) {}

    int const file_;
    std::uint64_t const size_;
};

/// Sends a part of a file: each block is read by a worker once the client has taken the one before.
class FileSource final : public net::BodySource {
public:
    /// `workers` outlive every answer; the part is within the file.
    FileSource(std::shared_ptr<StoredFile const> file, std::uint64_t first, std::uint64_t count, base::Workers& workers)
        : file_(std::move(file)), at_(first), left_(count), workers_(workers) {}

    static constexpr std::size_t block_bytes = 64U << 10U;

    void next(std::function<void(std::string block)> done) override;

private:
    std::shared_ptr<StoredFile const> const file_;
    std::uint64_t at_, left_;
    base::Workers& workers_;
};

}  // namespace soyuz::web

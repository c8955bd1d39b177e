#include "web/files/stored_file.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/workers.hpp"

namespace soyuz::web {

std::shared_ptr<StoredFile const> StoredFile::open(std::filesystem::path const& path) {
    int const file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) return nullptr;
    struct stat status {};
    if (::fstat(file, &status) == 0 && S_ISREG(status.st_mode))
        return std::shared_ptr<StoredFile const>{new StoredFile{file, static_cast<std::uint64_t>(status.st_size)}};
    ::close(file);
    return nullptr;
}

StoredFile::~StoredFile() { ::close(file_); }

std::optional<std::string> StoredFile::read(std::uint64_t first, std::size_t count) const {
    std::string bytes(count, '\0');
    for (std::size_t got = 0; got < count;) {
        auto const part = ::pread(file_, bytes.data() + got, count - got, static_cast<off_t>(first + got));
        if (part < 0 && errno == EINTR) continue;
        if (part <= 0) return std::nullopt;
        got += static_cast<std::size_t>(part);
    }
    return bytes;
}

void FileSource::next(std::function<void(std::string block)> done) {
    auto const count = static_cast<std::size_t>(std::min<std::uint64_t>(block_bytes, left_));
    auto const first = std::exchange(at_, at_ + count);
    left_ -= count;
    bool const queued =
        workers_.submit([file = file_, first, count, done] { done(file->read(first, count).value_or("")); });
    if (!queued) done("");
}

}  // namespace soyuz::web

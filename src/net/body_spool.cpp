#include "net/body_spool.hpp"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/write_all.hpp"

namespace soyuz::net {

namespace {

int open_nameless(std::string const& folder) {
    int const file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return file;
    // Some file systems know no file without a name.
    std::string path = folder + "/.body-XXXXXX";
    int const named = ::mkostemp(path.data(), O_CLOEXEC);
    if (named >= 0) ::unlink(path.c_str());
    return named;
}

}  // namespace

std::shared_ptr<BodySpool> BodySpool::make(std::string const& folder) {
    int const file = open_nameless(folder);
    return file < 0 ? nullptr : std::shared_ptr<BodySpool>{new BodySpool{file}};
}

BodySpool::~BodySpool() {
    if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
    ::close(file_);
}

bool BodySpool::append(std::string_view bytes) {
    size_ += bytes.size();
    return base::write_all(file_, bytes);
}

bool BodySpool::finish() {
    auto* const mapped = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file_, 0);
    if (mapped == MAP_FAILED) return false;
    data_ = static_cast<char const*>(mapped);
    return true;
}

}  // namespace soyuz::net

#include "template/file_source.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <sys/stat.h>

namespace soyuz::jinja {
namespace {

std::string version_of(std::filesystem::path const& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
    return std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec) + "-" +
           std::to_string(status.st_size) + "-" + std::to_string(status.st_ino);
}

}  // namespace

std::optional<std::filesystem::path> FileTemplateSource::path_of(std::string_view name) const {
    std::filesystem::path const wanted(name);
    if (name.empty() || name.find_first_of(std::string_view("\\\0", 2)) != name.npos) return std::nullopt;
    if (wanted.is_absolute() || wanted.lexically_normal().native() != name || *wanted.begin() == "..")
        return std::nullopt;
    std::error_code error;
    auto const folder = std::filesystem::canonical(folder_, error);
    if (error) return std::nullopt;
    auto const path = std::filesystem::canonical(folder / wanted, error);
    if (error) return std::nullopt;
    // A link may stand for a template, but only for one in the folder.
    auto const [end, _] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
    return end == folder.end() ? std::optional(path) : std::nullopt;
}

std::string FileTemplateSource::version(std::string_view name) const {
    auto const path = path_of(name);
    return path ? version_of(*path) : std::string();
}

std::optional<TemplateSource::Text> FileTemplateSource::read(std::string_view name) const {
    auto const path = path_of(name);
    if (!path) return std::nullopt;
    // The version is taken first: where the file changes in between, the next rendering reads it again.
    Text text;
    text.version = version_of(*path);
    std::ifstream file(*path, std::ios::binary);
    if (text.version.empty() || !file) return std::nullopt;
    text.text.assign(std::istreambuf_iterator<char>(file), {});
    if (file.bad()) return std::nullopt;
    return text;
}

}  // namespace soyuz::jinja

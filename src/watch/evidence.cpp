#include "watch/evidence.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "base/ids.hpp"
#include "base/log.hpp"

namespace soyuz::watch {

namespace fs = std::filesystem;

bool is_plain_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

fs::path Evidence::path_of(std::string_view stream, std::string_view name) const {
    if (folder_.empty() || !is_plain_name(stream) || !is_plain_name(name)) return {};
    return folder_ / stream / (std::string{name} + ".jpg");
}

bool Evidence::keep(std::string_view stream, std::string_view name, std::string_view jpeg) {
    auto const path = path_of(stream, name);
    bool const is_jpeg = jpeg.starts_with("\xFF\xD8\xFF") && jpeg.size() <= largest;
    if (path.empty() || !is_jpeg) return false;
    std::error_code fault;
    fs::create_directories(path.parent_path(), fault);
    // Readers see the old one or the new one, never a part.
    auto const draft = path.parent_path() / (".new-" + base::random_id());
    {
        std::ofstream file{draft, std::ios::binary};
        file.write(jpeg.data(), static_cast<std::streamsize>(jpeg.size()));
        file.flush();
        if (!file) fault = std::make_error_code(std::errc::io_error);
    }
    if (!fault) fs::rename(draft, path, fault);
    if (!fault) return true;
    base::log::warn("a picture of a stream is not kept", {{"reason", fault.message()}});
    fs::remove(draft, fault);
    return false;
}

std::optional<fs::path> Evidence::find(std::string_view stream, std::string_view name) const {
    auto path = path_of(stream, name);
    std::error_code fault;
    if (path.empty() || !fs::is_regular_file(path, fault)) return std::nullopt;
    return path;
}

std::uint64_t Evidence::bytes(std::string_view stream, std::string_view name) const {
    auto const path = path_of(stream, name);
    std::error_code fault;
    auto const size = path.empty() ? 0 : fs::file_size(path, fault);
    return fault ? 0 : size;
}

void Evidence::remove(std::string_view stream, std::string_view name) {
    std::error_code fault;
    if (auto const path = path_of(stream, name); !path.empty()) fs::remove(path, fault);
}

void Evidence::remove_all(std::string_view stream) {
    if (folder_.empty() || !is_plain_name(stream)) return;
    std::error_code fault;
    fs::remove_all(folder_ / stream, fault);
}

}  // namespace soyuz::watch

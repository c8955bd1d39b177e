#include "web/files/uploads.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/text.hpp"

namespace soyuz::web {

namespace {

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    bool is_open() const { return number_ >= 0; }
    int number() const { return number_; }

private:
    int number_;
};

bool sync_folder(std::filesystem::path const& folder) {
    Descriptor const descriptor{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return descriptor.is_open() && ::fsync(descriptor.number()) == 0;
}

bool write_all(int descriptor, std::string_view content) {
    while (!content.empty()) {
        auto const written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool is_id_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

Uploads::Uploads(std::filesystem::path folder) : folder_(std::move(folder)) {}

base::Result<std::string> Uploads::write(std::string_view content, std::string_view ending,
                                         base::RoomId const& room) const {
    auto const random = base::random_id() + base::random_id();
    std::string name = random.substr(0, 2) + '/';
    if (!room.empty()) name += room.value + '_';
    name += random;
    name += ending;

    base::Error const failure{base::Code::read_only, "The file could not be saved. Try again later."};
    auto const path = folder_ / name;
    auto const folder = path.parent_path();
    std::error_code fault;
    bool const is_new = std::filesystem::create_directories(folder, fault);
    if (fault) {
        base::log::error("can't make a folder for uploads reason=" + fault.message());
        return failure;
    }
    bool written = false;
    {
        Descriptor const file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640)};
        written = file.is_open() && write_all(file.number(), content) && ::fsync(file.number()) == 0;
    }
    written = written && sync_folder(folder) && (!is_new || sync_folder(folder_));
    if (written) return name;
    base::log::error(std::string{"can't write an upload reason="} + std::strerror(errno));
    std::filesystem::remove(path, fault);
    return failure;
}

bool Uploads::is_name(std::string_view name) {
    if (name.size() < 8 || name.size() > 120 || name[2] != '/') return false;
    if (!is_id_character(name[0]) || !is_id_character(name[1])) return false;
    auto const rest = name.substr(3);
    return rest.front() != '.' && std::all_of(rest.begin(), rest.end(), [](char c) {
               return is_id_character(c) || c == '_' || c == '.' || c == '-' || (c >= 'A' && c <= 'Z');
           });
}

bool Uploads::has(std::string_view name) const {
    std::error_code fault;
    return is_name(name) && std::filesystem::is_regular_file(folder_ / name, fault);
}

std::optional<std::string> Uploads::read(std::string_view name) const {
    if (!has(name)) return std::nullopt;
    std::ifstream in{folder_ / name, std::ios::binary};
    if (!in) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

void Uploads::remove(std::string_view name) const {
    std::error_code fault;
    if (is_name(name)) std::filesystem::remove(folder_ / name, fault);
}

base::RoomId Uploads::room_of(std::string_view name) {
    auto const rest = name.substr(std::min<std::size_t>(3, name.size()));
    auto const line = rest.find('_');
    return line == std::string_view::npos ? base::RoomId{} : base::RoomId{std::string{rest.substr(0, line)}};
}

FileKind recognise(std::string_view content) {
    using namespace std::string_view_literals;
    auto const starts = [&](std::string_view magic, std::size_t at = 0) {
        return content.size() >= at + magic.size() && content.substr(at, magic.size()) == magic;
    };
    if (starts("\x89PNG\r\n\x1A\n"sv)) return {"image/png", ".png", true};
    if (starts("\xFF\xD8\xFF"sv)) return {"image/jpeg", ".jpg", true};
    if (starts("GIF87a"sv) || starts("GIF89a"sv)) return {"image/gif", ".gif", true};
    if (starts("RIFF"sv) && starts("WEBP"sv, 8)) return {"image/webp", ".webp", true};
    if (starts("%PDF-"sv)) return {"application/pdf", ".pdf"};
    if (starts("PK\x03\x04"sv)) return {"application/zip", ".zip"};
    if (starts("\x1F\x8B"sv)) return {"application/gzip", ".gz"};
    if (starts("OggS"sv)) return {"audio/ogg", ".ogg"};
    if (starts("ID3"sv) || starts("\xFF\xFB"sv)) return {"audio/mpeg", ".mp3"};
    if (starts("RIFF"sv) && starts("WAVE"sv, 8)) return {"audio/wav", ".wav"};
    if (starts("\x1A\x45\xDF\xA3"sv)) return {"video/webm", ".webm"};
    if (starts("ftyp"sv, 4)) return {"video/mp4", ".mp4"};
    bool const is_text = content.find('\0') == std::string_view::npos && base::is_valid_utf8(content);
    // Whatever else it calls itself, text is served as plain text: it can hold no script then.
    if (is_text && !content.empty()) return {"text/plain; charset=utf-8", ".txt"};
    return {"application/octet-stream", ".bin"};
}

}  // namespace soyuz::web

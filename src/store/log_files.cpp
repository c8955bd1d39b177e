#include "store/log_files.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>

#include "store/seal.hpp"

namespace soyuz::store {
namespace {

constexpr std::uint64_t block_size = 65'536;

/// What a line begins with that stands in the place of damaged ones.
constexpr std::string_view blank_head = "{\"set_aside\":true";

/// Replaces `size` bytes at `at`, without their line break, by a line that is not an entry.
bool blank(std::string& text, std::size_t at, std::size_t size) {
    if (size < blank_head.size() + seal_size) return false;
    std::string line{blank_head};
    line.append(size - blank_head.size() - seal_size, ' ');
    seal_line(line, 0);
    text.replace(at, size, line, 0, size);
    return true;
}

}  // namespace

Path log_path(Path const& data, std::string const& log) { return data / (log + ".jsonl"); }

int append_to_log(Files& files, Path const& path, std::vector<Text> const& lines, std::uint64_t& bytes) {
    std::string text;
    for (auto const& line : lines) {
        auto const start = text.size();
        text.append(*line, 0, line->rfind('}'));
        seal_line(text, start);
    }
    OpenFile file{files, path, O_WRONLY | O_CREAT | O_APPEND};
    if (!file.ok()) return file.error();
    auto const size = files.size(file.get());
    if (size < 0) return static_cast<int>(size);
    if (static_cast<std::uint64_t>(size) > bytes) {
        if (int const error = files.truncate(file.get(), bytes); error < 0) return error;
    }
    if (int const error = write_all(files, file.get(), text); error < 0) return error;
    if (int const error = files.sync(file.get()); error < 0) return error;
    if (bytes == 0) {
        if (int const error = files.sync_folder(path.parent_path()); error < 0) return error;
    }
    bytes += text.size();
    return 0;
}

void each_log_line(std::string_view text, std::function<void(std::size_t, std::string)> const& good,
                   std::function<void(std::size_t, std::string_view)> const& bad) {
    for (std::size_t at = 0; at < text.size();) {
        auto const end = std::min(text.find('\n', at), text.size());
        auto const line = text.substr(at, end - at);
        if (auto const opened = open_line(line)) {
            if (!opened->starts_with(blank_head)) good(at, std::string{*opened} + '}');
        } else {
            salvage(line, "{", [&](std::string_view piece) {
                good(static_cast<std::size_t>(piece.data() - text.data()), std::string{piece} + '}');
            });
            bad(at, line);
        }
        at = end + 1;
    }
}

int blank_damaged_lines(Files& files, Path const& path, std::uint64_t bytes, Quarantine& quarantine) {
    std::string text;
    int const error = read_file(files, path, text);
    if (error < 0) return error == -ENOENT ? 0 : error;
    std::vector<std::pair<std::size_t, std::size_t>> stretches;  // of neighbouring damaged lines: place, size
    each_log_line(
        std::string_view{text}.substr(0, bytes), [](std::size_t, std::string const&) {},
        [&](std::size_t at, std::string_view line) {
            // Where only a line break was hit, the entries beside it can still be read.
            if (salvage(line, "{", [](std::string_view) {})) return;
            bool const continues = !stretches.empty() && stretches.back().first + stretches.back().second + 1 == at;
            if (continues) {
                stretches.back().second = at + line.size() - stretches.back().first;
            } else {
                stretches.emplace_back(at, line.size());
            }
        });
    bool has_changed = false;
    for (auto const& [at, size] : stretches) {
        auto const damaged = text.substr(at, size);
        if (!blank(text, at, size)) continue;
        has_changed = true;
        quarantine.keep(path.filename().string(), at, damaged, "a damaged line");
    }
    return has_changed ? replace_file(files, path, text) : 0;
}

std::vector<std::string> newest_log_lines(Files& files, Path const& path, std::uint64_t bytes, std::size_t limit) {
    OpenFile file{files, path, O_RDONLY};
    std::vector<std::string> lines;
    if (!file.ok()) return lines;
    std::uint64_t end = bytes;
    std::string rest;  // the end of a line whose beginning is in an earlier block
    while (end > 0 && lines.size() < limit) {
        auto const begin = end > block_size ? end - block_size : 0;
        std::string text;
        if (read_range(files, file.get(), begin, end - begin, text) < 0) break;
        text += rest;
        std::size_t first_whole = 0;
        if (begin > 0) {
            auto const cut = text.find('\n');
            first_whole = cut == std::string::npos ? text.size() : cut + 1;
        }
        rest = text.substr(0, first_whole);
        std::vector<std::string> block;
        each_log_line(
            std::string_view{text}.substr(first_whole),
            [&](std::size_t, std::string line) { block.push_back(std::move(line)); },
            [](std::size_t, std::string_view) {});
        for (auto line = block.rbegin(); line != block.rend() && lines.size() < limit; ++line) {
            lines.push_back(std::move(*line));
        }
        end = begin;
    }
    return lines;
}

}  // namespace soyuz::store

#include "store/log_files.hpp"

#include <algorithm>

#include <fcntl.h>

#include "store/seal.hpp"

namespace soyuz::store {
namespace {

constexpr std::uint64_t block_size = 65'536;

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
            good(at, std::string{*opened} + '}');
        } else {
            salvage(line, "{", [&](std::string_view piece) {
                good(static_cast<std::size_t>(piece.data() - text.data()), std::string{piece} + '}');
            });
            bad(at, line);
        }
        at = end + 1;
    }
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

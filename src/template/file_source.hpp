#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "template/template_source.hpp"

namespace soyuz::jinja {

/// Templates in a folder and its subfolders, named by their path below it ("chat/room.html"). Thread-safe.
class FileTemplateSource final : public TemplateSource {
public:
    explicit FileTemplateSource(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Nothing for a name that is absolute, holds "..", a backslash or a NUL, or leads out of the folder by a link.
    std::optional<Text> read(std::string_view name) const override;
    std::string version(std::string_view name) const override;

private:
    std::optional<std::filesystem::path> path_of(std::string_view name) const;
    std::filesystem::path folder_;
};

}  // namespace soyuz::jinja

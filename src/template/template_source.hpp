#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace soyuz::jinja {

/// Where templates come from. Implementations are thread-safe.
class TemplateSource {
public:
    virtual ~TemplateSource() = default;
    struct Text {
        std::string text;
        std::string version;  ///< changes whenever the text may have changed, for example its time and size
    };
    virtual std::optional<Text> read(std::string_view name) const = 0;
    /// Current version of a template, without reading it; empty where there is none.
    virtual std::string version(std::string_view name) const = 0;
    /// Does every text stay as it is? Then the first rendering joins what pages always write.
    virtual bool is_fixed() const { return false; }
};

}  // namespace soyuz::jinja

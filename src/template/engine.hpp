#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

/// Pages in the Jinja language (https://jinja.palletsprojects.com/en/3.1.x/templates/).
namespace soyuz::jinja {

/// What is wrong with a template, and where: what() reads "chat.html:12: expected 'endif', found 'endblock'".
struct TemplateError : std::runtime_error {
    TemplateError(std::string file_name, std::size_t line_number, std::string const& what_is_wrong);
    std::string file;
    std::size_t line;
};

/// Where templates come from.
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
    /// Will every text stay as it is? Then what pages always write is put together by the first rendering.
    virtual bool is_fixed() const { return false; }
};

/// Renders templates; each is compiled once and kept until its version changes. Thread-safe.
class TemplateEngine {
public:
    struct Limits {
        std::size_t include_depth = 32;
        std::size_t nesting = 64;  ///< of blocks and expressions
        std::size_t output_bytes = 8U << 20U;
        std::size_t steps = 1'000'000;  ///< loop turns, calls and the like in one rendering
    };

    explicit TemplateEngine(std::unique_ptr<TemplateSource> source);
    TemplateEngine(std::unique_ptr<TemplateSource> source, Limits limits);
    ~TemplateEngine();

    /// A filter or function that pages may call: positional arguments in, value out. Call before the first render.
    using Function = std::function<nlohmann::json(std::vector<nlohmann::json> const&)>;
    void add_function(std::string name, Function function);
    void add_filter(std::string name, Function function);
    /// A function that gives the same whenever its arguments and the variant are the same. Its name must not be among
    /// those of a context.
    void add_stable_function(std::string name, Function function);

    /// The template's output with HTML escaped by default. Throws TemplateError. `variant` stands for all that stable
    /// functions depend on besides their arguments, for example the language of the page; "" for unknown.
    std::string render(std::string_view name, nlohmann::json const& context, std::string_view variant = {}) const;

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace soyuz::jinja

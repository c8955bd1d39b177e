#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "template/host_function.hpp"
#include "template/limits.hpp"
#include "template/template_error.hpp"
#include "template/template_source.hpp"

/// Pages in the Jinja language (https://jinja.palletsprojects.com/en/3.1.x/templates/).
namespace soyuz::jinja {

/// Renders templates; each is compiled once and kept until its version changes. Thread-safe.
class TemplateEngine {
public:
    explicit TemplateEngine(std::unique_ptr<TemplateSource> source, Limits limits = {});
    ~TemplateEngine();

    /// Adds a function that pages may call. Call before the first render.
    void add_function(std::string name, HostFunction function);
    /// Adds a function whose result depends on nothing but its arguments and the variant. Its name must not be among
    /// those of a context.
    void add_stable_function(std::string name, HostFunction function);

    /// Returns the template's output with HTML escaped by default. Throws TemplateError. `variant` is handed to
    /// functions and stands for all that stable ones depend on besides their arguments, for example the language of the
    /// page; "" for unknown.
    std::string render(std::string_view name, nlohmann::json const& context, std::string_view variant = {}) const;

private:
    struct Implementation;  // hides the parser and the renderer
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace soyuz::jinja

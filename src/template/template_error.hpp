#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

namespace soyuz::jinja {

/// What is wrong with a template, and where: what() reads "chat.html:12: expected 'endif', found 'endblock'".
struct TemplateError : std::runtime_error {
    TemplateError(std::string file_name, std::size_t line_number, std::string const& what_is_wrong)
        : std::runtime_error(file_name + ":" + std::to_string(line_number) + ": " + what_is_wrong),
          file(std::move(file_name)),
          line(line_number) {}
    std::string file;
    std::size_t line;
};

/// Inside of the engine: what goes wrong while a page is rendered; the renderer adds file and line.
struct Fault : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A template that isn't there, which `include … ignore missing` forgives.
struct MissingTemplate : Fault {
    using Fault::Fault;
};

}  // namespace soyuz::jinja

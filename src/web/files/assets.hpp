#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http_message.hpp"
#include "template/engine.hpp"
#include "web/http/answer.hpp"

namespace soyuz::web {

/// Style sheets, scripts and pictures: embedded in the binary, or read again for each request from a folder for those
/// who work on them. Thread-safe.
class Assets {
public:
    using Names = std::map<std::string, std::string, std::less<>>;

    /// `folder`: "" for the embedded ones.
    explicit Assets(std::string folder);

    /// Does a name have the same address as long as the program runs?
    bool is_fixed() const { return folder_.empty(); }
    /// Where a file is served: its name carries a hash of its content, so that it may be kept for ever.
    std::string url(std::string_view logical_name) const;
    /// 200 or 304; none where there is no such file. Brotli or gzip as the client takes it.
    std::optional<Answer> serve(std::string_view name, net::HttpRequest const& request) const;

private:
    std::optional<std::string> content(std::string const& name) const;

    std::string const folder_;
    Names embedded_names_;
};

/// Templates from the binary, or from `folder`, where a changed file counts from the next request on; what the folder
/// lacks comes from the binary.
std::unique_ptr<jinja::TemplateSource> template_source(std::string folder);

/// Media type by the ending of a name; application/octet-stream where it is unknown.
std::string media_type_of_name(std::string_view name);

}  // namespace soyuz::web

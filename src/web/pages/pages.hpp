#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"
#include "template/engine.hpp"
#include "web/files/assets.hpp"
#include "web/http/answer.hpp"
#include "web/pages/catalogue.hpp"
#include "web/pages/message_rows.hpp"

namespace soyuz::chat {
class Settings;
struct User;
}  // namespace soyuz::chat

namespace soyuz::web {

class Call;
struct SiteOptions;

/// Pages from templates. Thread-safe.
class Pages {
public:
    Pages(Assets const& assets, chat::Settings const& settings, SiteOptions const& options);

    /// Renders a template with `context` and what every page has: lang, dir, script, theme, text_size, instance, user,
    /// path, csrf_token and the functions t, digits, languages and asset. Where a template is wrong, its owner reads
    /// what and where.
    Answer render(Call& call, std::string_view name, nlohmann::json context, int status = 200) const;
    /// The row of a message on the chat page, whose `view` is made only where the row is not known yet by its `key`.
    /// Throws jinja::TemplateError.
    MessageRows::Row message_row(std::string const& key, std::string const& language, chat::User const& reader,
                                 std::function<nlohmann::json()> const& view) const;
    /// An error as a page.
    Answer error_page(Call& call, base::Error const& error) const;

    Catalogue const& catalogue() const { return catalogue_; }
    /// The language that this caller reads, by the query, the cookie or Accept-Language.
    std::string language(Call const& call) const;

    /// What is shown where a template is wrong.
    Answer broken_template(Call& call, jinja::TemplateError const& error) const;

private:
    Assets const& assets_;
    chat::Settings const& settings_;
    std::string const version_, templates_folder_;
    bool const is_demo_;
    Catalogue catalogue_;
    jinja::TemplateEngine engine_;
    mutable MessageRows rows_{std::size_t{16} << 20U};
};

}  // namespace soyuz::web

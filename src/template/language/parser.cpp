#include "template/language/parser.hpp"

#include "template/language/statement_parser.hpp"

namespace soyuz::jinja {

std::shared_ptr<Template const> compile(std::string const& name, std::string_view source, std::size_t max_nesting) {
    auto result = std::make_shared<Template>();
    result->name = name;
    TokenReader reader(name, source, max_nesting);
    StatementParser(reader, *result).parse_template();
    return result;
}

}  // namespace soyuz::jinja

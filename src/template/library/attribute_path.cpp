#include "template/library/attribute_path.hpp"

#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {

AttributePath::AttributePath(Value const& attribute) {
    if (!attribute.is_given()) return;
    if (!attribute.is_text()) {
        parts_.push_back(attribute);
        return;
    }
    for (auto const part : split_at(attribute.as_text(), ".")) {
        bool const is_index = !part.empty() && part.size() < 18 && part.find_first_not_of("0123456789") == part.npos;
        parts_.push_back(is_index ? Value::integer(std::stoll(std::string(part))) : Value::part(attribute, part));
    }
}

Value AttributePath::of(Renderer& renderer, Value item, Value const& otherwise) const {
    for (auto const& part : parts_) {
        item = get_item(renderer, item, part);
        if (item.is_undefined() && otherwise.is_given()) item = otherwise;
    }
    return item;
}

}  // namespace soyuz::jinja

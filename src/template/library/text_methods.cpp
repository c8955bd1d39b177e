#include "template/library/text_methods.hpp"

#include <algorithm>

#include "template/running/renderer.hpp"
#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

using V = Value const&;
using R = Renderer&;

/// An argument of a method of markup is escaped first, unless it is markup too.
std::string argument_text(V self, V argument, std::string_view what) {
    auto const text = text_of(argument, what);
    return self.is_markup() && !argument.is_markup() ? escaped(text) : std::string(text);
}

bool given(V argument) { return !argument.is_missing() && !argument.is_none(); }

template <std::string (*change)(std::string_view)>
Value changed(R renderer, V self, Bound const&) {
    return make_text(renderer.budget, change(self.as_text()), self.is_markup());
}

template <int side>
Value strip(R, V self, Bound const& arguments) {
    Value characters = arguments[0];
    if (characters.is_text()) characters = Value::text(argument_text(self, characters, "chars"));
    return Value::part(self, stripped(self.as_text(), characters, side)).with_markup(self.is_markup());
}

template <bool at_start>
Value starts_or_ends(R renderer, V self, Bound const& arguments) {
    auto const text = self.as_text();
    auto const holds = [&](V affix) {
        auto const part = text_of(affix, "what a text starts or ends with");
        if (part.size() > text.size()) return false;
        return (at_start ? text.substr(0, part.size()) : text.substr(text.size() - part.size())) == part;
    };
    if (!arguments[0].is(Kind::list)) return Value::boolean(holds(arguments[0]));
    auto const affixes = Items(renderer.budget, arguments[0]).all(renderer.budget);
    return Value::boolean(std::any_of(affixes.begin(), affixes.end(), holds));
}

Value replace(R renderer, V self, Bound const& arguments) {
    auto const old = argument_text(self, arguments[0], "old");
    auto const fresh = argument_text(self, arguments[1], "new");
    auto const count = arguments[2].is_missing() ? -1 : whole(arguments[2], "count");
    return Value::text(replaced(renderer.budget, self.as_text(), old, fresh, count), self.is_markup());
}

Value texts(R renderer, V self, std::vector<std::string_view> const& parts) {
    std::vector<Value> values;
    for (auto const part : parts) values.push_back(Value::part(self, part).with_markup(self.is_markup()));
    return make_list(renderer.budget, std::move(values));
}

Value split(R renderer, V self, Bound const& arguments) {
    auto text = self.as_text();
    auto left = arguments[1].is_missing() ? -1 : whole(arguments[1], "maxsplit");
    std::vector<std::string_view> parts;
    if (given(arguments[0])) {
        auto const separator = text_of(arguments[0], "sep");
        if (separator.empty()) throw Fault("empty separator");
        for (; left != 0; --left) {
            auto const at = text.find(separator);
            if (at == std::string_view::npos) break;
            parts.push_back(text.substr(0, at));
            text.remove_prefix(at + separator.size());
        }
        parts.push_back(text);
        return texts(renderer, self, parts);
    }
    for (text = stripped(text, Value{}, -1); !text.empty(); text = stripped(text, Value{}, -1)) {
        if (left-- == 0) {
            parts.push_back(stripped(text, Value{}, 1));
            break;
        }
        std::size_t end = 0;
        while (end < text.size() && !is_space(character_at(text, end))) end = next_character(text, end);
        parts.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return texts(renderer, self, parts);
}

Value rsplit(R renderer, V self, Bound const& arguments) {
    auto text = self.as_text();
    auto left = arguments[1].is_missing() ? -1 : whole(arguments[1], "maxsplit");
    if (left < 0) return split(renderer, self, arguments);
    std::vector<std::string_view> parts;
    if (given(arguments[0])) {
        auto const separator = text_of(arguments[0], "sep");
        if (separator.empty()) throw Fault("empty separator");
        for (; left > 0; --left) {
            auto const at = text.rfind(separator);
            if (at == std::string_view::npos) break;
            parts.push_back(text.substr(at + separator.size()));
            text = text.substr(0, at);
        }
        parts.push_back(text);
    } else {
        auto words = split_words(text);
        while (!words.empty() && left-- > 0) {
            parts.push_back(words.back());
            words.pop_back();
        }
        if (!words.empty()) {
            auto const end = static_cast<std::size_t>(words.back().data() + words.back().size() - text.data());
            parts.push_back(text.substr(0, end));  // white space in front stays
        }
    }
    std::reverse(parts.begin(), parts.end());
    return texts(renderer, self, parts);
}

Value splitlines(R renderer, V self, Bound const& arguments) {
    return texts(renderer, self, split_lines(self.as_text(), given(arguments[0]) && truth(arguments[0])));
}

template <bool from_end>
Value partition(R renderer, V self, Bound const& arguments) {
    auto const text = self.as_text();
    auto const separator = argument_text(self, arguments[0], "sep");
    if (separator.empty()) throw Fault("empty separator");
    auto const at = from_end ? text.rfind(separator) : text.find(separator);
    auto const part = [&](std::string_view piece) { return Value::part(self, piece).with_markup(self.is_markup()); };
    if (at == std::string_view::npos)
        return make_tuple(renderer.budget,
                          from_end ? std::vector{part(""), part(""), self} : std::vector{self, part(""), part("")});
    return make_tuple(renderer.budget, {part(text.substr(0, at)), part(text.substr(at, separator.size())),
                                        part(text.substr(at + separator.size()))});
}

Value join(R renderer, V self, Bound const& arguments) {
    Items const items(renderer.budget, arguments[0]);
    std::string out;
    for (std::size_t i = 0; i < items.size(); ++i) {
        auto const item = items.at(i);
        auto const before = out.size();
        if (i > 0) out += self.as_text();
        if (self.is_markup()) {
            out += to_html(item);
        } else {
            if (!item.is_text())
                throw Fault("sequence item " + std::to_string(i) + ": expected str instance, " + type_name(item) +
                            " found");
            out += item.as_text();
        }
        renderer.budget.spend(out.size() - before);
    }
    return Value::text(std::move(out), self.is_markup());
}

/// The part of the text that find() and its like look at, and the character it starts at.
std::pair<std::string_view, std::int64_t> region(R renderer, V self, Bound const& arguments) {
    auto const size = length(self);
    auto start = given(arguments[1]) ? whole(arguments[1], "start") : 0;
    if (start < 0) start = std::max<std::int64_t>(start + size, 0);
    auto const part = get_slice(renderer.budget, Value::part(self, self.as_text()), arguments[1], arguments[2], {});
    auto const offset = offset_of(self.as_text(), static_cast<std::size_t>(std::min(start, size)));
    return {self.as_text().substr(offset, part.as_text().size()), start};
}

template <bool from_end, bool must_be>
Value find(R renderer, V self, Bound const& arguments) {
    auto const wanted = text_of(arguments[0], "what is looked for");
    auto const [text, start] = region(renderer, self, arguments);
    auto const at = from_end ? text.rfind(wanted) : text.find(wanted);
    if (at == std::string_view::npos) {
        if (must_be) throw Fault("substring not found");
        return Value::integer(-1);
    }
    return Value::integer(start + static_cast<std::int64_t>(length_of(text.substr(0, at))));
}

Value count(R renderer, V self, Bound const& arguments) {
    auto const wanted = text_of(arguments[0], "what is counted");
    auto const [text, start] = region(renderer, self, arguments);
    if (wanted.empty()) return Value::integer(static_cast<std::int64_t>(length_of(text)) + 1);
    std::int64_t found = 0;
    for (auto at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + wanted.size())) ++found;
    return Value::integer(found);
}

template <int side>  // of the text: -1 left, 0 in the middle, 1 right
Value justify(R renderer, V self, Bound const& arguments) {
    auto const width = whole(arguments[0], "width");
    auto const fill = arguments[1].is_missing() ? std::string(" ") : argument_text(self, arguments[1], "fillchar");
    if (length_of(fill) != 1) throw Fault("The fill character must be exactly one character long");
    auto const size = length(self);
    if (width <= size) return self;
    auto const missing = static_cast<std::size_t>(width - size);
    renderer.budget.spend(missing * fill.size());
    // Python centres an odd rest by this rule.
    std::size_t before = side < 0   ? 0
                         : side > 0 ? missing
                                    : missing / 2 + (missing & static_cast<std::size_t>(width) & 1U);
    std::string out;
    for (std::size_t i = 0; i < before; ++i) out += fill;
    out += self.as_text();
    for (std::size_t i = before; i < missing; ++i) out += fill;
    return make_text(renderer.budget, std::move(out), self.is_markup());
}

Value zfill(R renderer, V self, Bound const& arguments) {
    auto const width = whole(arguments[0], "width");
    auto const size = length(self);
    if (width <= size) return self;
    renderer.budget.spend(static_cast<std::size_t>(width - size));
    std::string out(self.as_text());
    bool const is_signed = !out.empty() && (out[0] == '+' || out[0] == '-');
    out.insert(is_signed ? 1 : 0, static_cast<std::size_t>(width - size), '0');
    return make_text(renderer.budget, std::move(out), self.is_markup());
}

template <bool at_start>
Value remove_affix(R, V self, Bound const& arguments) {
    auto const text = self.as_text();
    auto const affix = text_of(arguments[0], "what is removed");
    if (affix.size() > text.size()) return self;
    auto const rest = text.size() - affix.size();
    if (at_start) return text.substr(0, affix.size()) == affix ? Value::part(self, text.substr(affix.size())) : self;
    return text.substr(rest) == affix && !affix.empty() ? Value::part(self, text.substr(0, rest)) : self;
}

Value expandtabs(R renderer, V self, Bound const& arguments) {
    auto const size = arguments[0].is_missing() ? 8 : whole(arguments[0], "tabsize");
    std::string out;
    std::int64_t column = 0;
    for (auto const character : characters_of(self.as_text())) {
        if (character == "\t") {
            auto const spaces = size > 0 ? size - column % size : 0;
            renderer.budget.spend(static_cast<std::size_t>(spaces));
            out.append(static_cast<std::size_t>(spaces), ' ');
            column += spaces;
        } else {
            out += character;
            column = character == "\n" || character == "\r" ? 0 : column + 1;
        }
    }
    return make_text(renderer.budget, std::move(out), self.is_markup());
}

template <bool (*is)(char32_t)>
Value is_all(R, V self, Bound const&) {
    auto const text = self.as_text();
    for (std::size_t at = 0; at < text.size(); at = next_character(text, at))
        if (!is(character_at(text, at))) return Value::boolean(false);
    return Value::boolean(!text.empty());
}

bool is_letter_or_digit(char32_t c) { return is_word(c) && c != '_'; }

Value isascii(R, V self, Bound const&) {
    auto const text = self.as_text();
    return Value::boolean(
        std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
}

Value istitle(R, V self, Bound const&) {
    bool inside = false;
    bool any = false;
    for (auto const character : characters_of(self.as_text())) {
        bool const is_upper = is_upper_text(character);
        bool const is_lower = is_lower_text(character);
        if ((is_upper && inside) || (is_lower && !inside)) return Value::boolean(false);
        inside = is_upper || is_lower;
        any = any || inside;
    }
    return Value::boolean(any);
}

}  // namespace

std::vector<TextMethod> const& text_method_list() {
    static std::vector<TextMethod> const methods = {
        {"upper", {}, changed<upper>},
        {"lower", {}, changed<lower>},
        {"casefold", {}, changed<lower>},
        {"capitalize", {}, changed<capitalized>},
        {"title", {}, changed<titled>},
        {"swapcase", {}, changed<swapped_case>},
        {"strip", {"chars"}, strip<0>},
        {"lstrip", {"chars"}, strip<-1>},
        {"rstrip", {"chars"}, strip<1>},
        {"startswith", {"prefix!"}, starts_or_ends<true>},
        {"endswith", {"suffix!"}, starts_or_ends<false>},
        {"replace", {"old!", "new!", "count"}, replace},
        {"split", {"sep", "maxsplit"}, split},
        {"rsplit", {"sep", "maxsplit"}, rsplit},
        {"splitlines", {"keepends"}, splitlines},
        {"partition", {"sep!"}, partition<false>},
        {"rpartition", {"sep!"}, partition<true>},
        {"join", {"iterable!"}, join},
        {"find", {"sub!", "start", "end"}, find<false, false>},
        {"rfind", {"sub!", "start", "end"}, find<true, false>},
        {"index", {"sub!", "start", "end"}, find<false, true>},
        {"rindex", {"sub!", "start", "end"}, find<true, true>},
        {"count", {"sub!", "start", "end"}, count},
        {"ljust", {"width!", "fillchar"}, justify<-1>},
        {"rjust", {"width!", "fillchar"}, justify<1>},
        {"center", {"width!", "fillchar"}, justify<0>},
        {"zfill", {"width!"}, zfill},
        {"removeprefix", {"prefix!"}, remove_affix<true>},
        {"removesuffix", {"suffix!"}, remove_affix<false>},
        {"expandtabs", {"tabsize"}, expandtabs},
        {"isdigit", {}, is_all<is_digit>},
        {"isdecimal", {}, is_all<is_digit>},
        {"isnumeric", {}, is_all<is_digit>},
        {"isalpha", {}, is_all<is_letter>},
        {"isalnum", {}, is_all<is_letter_or_digit>},
        {"isspace", {}, is_all<is_space>},
        {"isupper", {}, [](R, V self, Bound const&) { return Value::boolean(is_upper_text(self.as_text())); }},
        {"islower", {}, [](R, V self, Bound const&) { return Value::boolean(is_lower_text(self.as_text())); }},
        {"istitle", {}, istitle},
        {"isascii", {}, isascii},
    };
    return methods;
}

}  // namespace soyuz::jinja

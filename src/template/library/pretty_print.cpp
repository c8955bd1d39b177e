#include <algorithm>
#include <optional>

#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

using Entries = std::vector<std::pair<Value, Value>>;

bool goes_before(Value const& left, Value const& right) {
    bool const comparable = (left.is_number() && right.is_number()) || (left.is_text() && right.is_text());
    return comparable ? compare(left, right) < 0 : type_name(left) < type_name(right);
}

Entries sorted_entries(Value const& dict) {
    auto entries = entries_of(dict);
    std::ranges::stable_sort(entries, goes_before, &Entries::value_type::first);
    return entries;
}

/// As Python's pprint.pformat: in lines of 80 characters, the keys of dicts in order.
class PrettyPrinter {
public:
    explicit PrettyPrinter(Budget& budget) : budget_(budget) {}

    std::string print(Value const& value) {
        format(value, 0, 0, true);
        return std::move(out_);
    }

private:
    static constexpr std::size_t width = 80;

    /// What is written from column `indent` on, with `allowance` columns left free behind it.
    void format(Value const& value, std::size_t indent, std::size_t allowance, bool is_outermost = false) {
        auto const line = repr(value);
        bool const is_items = value.is(Kind::list) && flavour_of(value) <= List::Flavour::tuple;
        if (indent + allowance + length_of(line) <= width)
            write(line);
        else if (value.is(Kind::dict))
            format_dict(value, indent, allowance);
        else if (is_items)
            format_items(value, indent, allowance);
        else if (value.is_text() && !value.is_markup())
            format_text(value.as_text(), line, indent, allowance, is_outermost);
        else
            write(line);
    }

    void format_dict(Value const& dict, std::size_t indent, std::size_t allowance) {
        write("{");
        auto const entries = sorted_entries(dict);
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (i > 0) new_line(",", indent + 1);
            auto const key = repr(entries[i].first);
            write(key + ": ");
            format(entries[i].second, indent + 1 + length_of(key) + 2, i + 1 < entries.size() ? 1 : allowance + 1);
        }
        write("}");
    }

    void format_items(Value const& list, std::size_t indent, std::size_t allowance) {
        bool const is_tuple = flavour_of(list) == List::Flavour::tuple;
        Items const items(budget_, list);
        std::string const end = !is_tuple ? "]" : items.size() == 1 ? ",)" : ")";
        write(is_tuple ? "(" : "[");
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (i > 0) new_line(",", indent + 1);
            format(items.at(i), indent + 1, i + 1 < items.size() ? 1 : allowance + end.size());
        }
        write(end);
    }

    /// A text that is too long for its line: parted at line breaks, and behind white space.
    void format_text(std::string_view text, std::string const& line, std::size_t indent, std::size_t allowance,
                     bool is_outermost) {
        if (is_outermost) ++indent, ++allowance;
        std::vector<std::string> chunks;
        auto const fits = [&](std::string const& chunk, bool is_last) {
            return indent + (is_last ? allowance : 0) + length_of(chunk) <= width;
        };
        auto const lines = split_lines(text);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            // With its line break.
            auto const begin = static_cast<std::size_t>(lines[i].data() - text.data());
            bool const is_last = i + 1 == lines.size();
            auto const end = is_last ? text.size() : static_cast<std::size_t>(lines[i + 1].data() - text.data());
            auto const whole = text.substr(begin, end - begin);
            if (auto chunk = repr_of_text(whole); fits(chunk, is_last)) {
                chunks.push_back(std::move(chunk));
                continue;
            }
            std::string_view current = whole.substr(0, 0);
            for (std::size_t at = 0; at < whole.size();) {
                auto const next = end_of_part(whole, at);
                auto const start = static_cast<std::size_t>(current.data() - whole.data());
                if (!fits(repr_of_text(whole.substr(start, next - start)), is_last && next == whole.size())) {
                    if (!current.empty()) chunks.push_back(repr_of_text(current));
                    current = whole.substr(at, next - at);
                } else {
                    current = whole.substr(start, next - start);
                }
                at = next;
            }
            if (!current.empty()) chunks.push_back(repr_of_text(current));
        }
        if (chunks.size() == 1) return write(line);
        if (is_outermost) write("(");
        for (std::size_t i = 0; i < chunks.size(); ++i) {
            if (i > 0) new_line("", indent);
            write(chunks[i]);
        }
        if (is_outermost) write(")");
    }

    /// Behind the word at `at` and the white space that follows it.
    static std::size_t end_of_part(std::string_view text, std::size_t at) {
        while (at < text.size() && !is_space(character_at(text, at))) at = next_character(text, at);
        while (at < text.size() && is_space(character_at(text, at))) at = next_character(text, at);
        return at;
    }

    std::string repr(Value const& value) {
        std::string text;
        append(text, value);
        budget_.tick(1 + text.size() / 16);
        return text;
    }
    /// repr, with the keys of dicts in order.
    void append(std::string& text, Value const& value) {
        bool const is_list = value.is(Kind::list) && flavour_of(value) <= List::Flavour::tuple;
        if (value.is(Kind::dict)) {
            text += '{';
            for (auto const& [key, item] : sorted_entries(value)) {
                if (text.back() != '{') text += ", ";
                append(text, key);
                text += ": ";
                append(text, item);
            }
            text += '}';
        } else if (is_list) {
            bool const is_tuple = flavour_of(value) == List::Flavour::tuple;
            Items const items(budget_, value);
            text += is_tuple ? '(' : '[';
            for (std::size_t i = 0; i < items.size(); ++i) {
                if (i > 0) text += ", ";
                append(text, items.at(i));
            }
            text += !is_tuple ? "]" : items.size() == 1 ? ",)" : ")";
        } else {
            append_repr(text, value);
        }
    }

    void write(std::string_view text) {
        budget_.spend(text.size());
        out_ += text;
    }
    void new_line(std::string_view end, std::size_t indent) {
        budget_.spend(indent + 2);
        out_ += end;
        out_ += '\n';
        out_.append(indent, ' ');
    }

    Budget& budget_;
    std::string out_;
};

}  // namespace

Value pprint_filter(Renderer& renderer, Value const& value, Bound const&) {
    return make_text(renderer.budget, PrettyPrinter(renderer.budget).print(value));
}

}  // namespace soyuz::jinja

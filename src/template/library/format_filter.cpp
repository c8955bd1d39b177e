#include <array>
#include <charconv>
#include <cmath>

#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

constexpr std::size_t max_width = 1'000'000;
constexpr std::size_t max_precision = 100;

/// The part of printf's formats that pages need: %s %d %f %x %%, with - or 0, a width and, for %f, a precision.
class Formatter {
public:
    Formatter(Budget& budget, Value const& format, Arguments const& arguments)
        : budget_(budget), text_(format.as_text()), is_markup_(format.is_markup()), arguments_(arguments) {}

    Value run() {
        std::string out;
        while (at_ < text_.size()) {
            auto const percent = text_.find('%', at_);
            out += text_.substr(at_, percent - at_);
            if (percent == std::string_view::npos) break;
            at_ = percent + 1;
            out += look() == '%' ? (++at_, "%") : field();
        }
        if (used_ < arguments_.positional.size()) throw Fault("not all arguments converted during string formatting");
        return make_text(budget_, std::move(out), is_markup_);
    }

private:
    char look() const {
        if (at_ >= text_.size()) throw Fault("incomplete format");
        return text_[at_];
    }

    bool skip(char wanted) {
        bool const there = look() == wanted;
        at_ += there ? 1 : 0;
        return there;
    }

    std::size_t number(std::size_t limit) {
        std::size_t result = 0;
        for (; look() >= '0' && look() <= '9'; ++at_)
            if ((result = result * 10 + static_cast<std::size_t>(look() - '0')) > limit)
                throw Fault("a width or precision is too large");
        return result;
    }

    Value take(std::string_view name) {
        if (name.empty()) {
            if (used_ >= arguments_.positional.size()) throw Fault("not enough arguments for format string");
            return arguments_.positional[used_++];
        }
        for (auto const& [known, value] : arguments_.keyword)
            if (known.as_text() == name) return value;
        throw Fault("there is no " + repr_of_text(name) + " to format");
    }

    std::string field() {
        std::string_view name;
        if (skip('(')) {
            auto const end = text_.find(')', at_);
            if (end == std::string_view::npos || end == at_) throw Fault("incomplete format key");
            name = text_.substr(at_, end - at_);
            at_ = end + 1;
        }
        bool const left = skip('-');
        bool const zeros = !left && skip('0');
        auto const width = number(max_width);
        bool const has_precision = skip('.');
        auto const precision = has_precision ? number(max_precision) : 6;
        char const type = look();
        ++at_;
        if (has_precision && type != 'f') throw Fault("only %f takes a precision");
        auto const value = take(name);
        auto text = converted(value, type, precision);
        auto const size = length_of(text);
        if (size >= width) return text;
        auto const missing = width - size;
        budget_.spend(missing);
        bool const before_digits = zeros && type != 's';
        auto const place = left ? text.size() : before_digits && text[0] == '-' ? 1U : 0U;
        return text.insert(place, missing, before_digits ? '0' : ' ');
    }

    std::string converted(Value const& value, char type, std::size_t precision) const {
        if (type == 's') return is_markup_ ? to_html(value) : to_text(value);
        if (type != 'd' && type != 'f' && type != 'x')
            throw Fault(std::string("unsupported format character '") + type + "'");
        if (!value.is_number() || (type == 'x' && !value.is_whole()))
            throw Fault(std::string("%") + type + " format: a number is required, not " + type_name(value));
        if (type == 'f') return fixed_point(value.as_real(), static_cast<std::int64_t>(precision));
        if (value.is(Kind::real) && !(std::fabs(value.as_real()) < 9.2e18)) throw Fault("the number is too large");
        auto const whole = value.is_whole() ? value.as_integer() : static_cast<std::int64_t>(value.as_real());
        std::array<char, 24> digits;
        return {digits.data(), std::to_chars(digits.begin(), digits.end(), whole, type == 'x' ? 16 : 10).ptr};
    }

    Budget& budget_;
    std::string_view text_;
    bool is_markup_;
    Arguments const& arguments_;
    std::size_t used_ = 0;
    std::size_t at_ = 0;
};

}  // namespace

Value format_filter(Renderer& renderer, Value const& value, Arguments arguments) {
    if (!arguments.positional.empty() && !arguments.keyword.empty())
        throw Fault("format can't handle positional and keyword arguments at the same time");
    auto const format = value.is_text() ? value : Value::text(to_text(value));
    renderer.budget.scan(format.as_text().size());
    return Formatter{renderer.budget, format, arguments}.run();
}

}  // namespace soyuz::jinja

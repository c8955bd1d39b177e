#include "template/values/formatting.hpp"
#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

/// printf's way of formatting: '%-10s|%05.2f' % (name, price)
class PercentFormatter {
public:
    PercentFormatter(Budget& budget, Value const& format, Value const& arguments)
        : budget_(budget), text_(format.as_text()), markup_(format.is_markup()), arguments_(arguments) {
        bool const is_tuple = arguments.is(Kind::list) && flavour_of(arguments) == List::Flavour::tuple;
        if (is_tuple) {
            given_ = arguments.as_list()->items;
        } else {
            given_.push_back(arguments);
            single_ = true;
        }
    }

    Value run() {
        std::string out;
        while (at_ < text_.size()) {
            auto const percent = text_.find('%', at_);
            out += text_.substr(at_, percent - at_);
            if (percent == std::string_view::npos) break;
            at_ = percent + 1;
            out += field();
        }
        bool const is_mapping = single_ && arguments_.is(Kind::dict);
        bool const is_sequence = single_ && arguments_.is(Kind::list);
        if (used_ < given_.size() && !is_mapping && !(is_sequence && used_ == 0 && named_))
            if (!is_sequence || used_ == 0) throw Fault("not all arguments converted during string formatting");
        return make_text(budget_, std::move(out), markup_);
    }

private:
    char look() const {
        if (at_ >= text_.size()) throw Fault("incomplete format");
        return text_[at_];
    }

    Value const& take() {
        if (used_ >= given_.size()) throw Fault("not enough arguments for format string");
        return given_[used_++];
    }

    std::int64_t number() {
        if (look() == '*') {
            ++at_;
            return whole(take(), "a width");
        }
        std::int64_t result = 0;
        while (look() >= '0' && look() <= '9') {
            result = result * 10 + (text_[at_++] - '0');
            if (result > max_format_number) throw Fault("width too big");
        }
        return result;
    }

    std::string field() {
        if (look() == '%') {
            ++at_;
            return "%";
        }
        Value named;
        if (look() == '(') {
            auto const end = text_.find(')', at_);
            if (end == std::string_view::npos) throw Fault("incomplete format key");
            if (!arguments_.is(Kind::dict)) throw Fault("format requires a mapping");
            auto const key = text_.substr(at_ + 1, end - at_ - 1);
            named = dict_find(arguments_, Value::borrowed(key));
            if (named.is_missing()) throw Fault("there is no " + repr_of_text(key) + " to format");
            named_ = true;
            at_ = end + 1;
        }
        FieldFormat format;
        bool left = false;
        bool zero = false;
        for (;; ++at_) {
            char const c = look();
            if (c == '-') {
                left = true;
            } else if (c == '0') {
                zero = true;
            } else if (c == '+') {
                format.sign = '+';
            } else if (c == ' ') {
                if (format.sign != '+') format.sign = ' ';
            } else if (c == '#') {
                format.alternate = true;
            } else {
                break;
            }
        }
        format.width = number();
        if (format.width < 0) {
            left = true;
            format.width = -format.width;
        }
        if (look() == '.') {
            ++at_;
            format.precision = number();
        }
        while (look() == 'l' || look() == 'h' || look() == 'L') ++at_;
        char const type = text_[at_++];
        if (type == '%') return "%";
        Value const value = named.is_missing() ? take() : named;
        return convert(value, type, format, left, zero);
    }

    std::string convert(Value const& value, char type, FieldFormat format, bool left, bool zero) {
        switch (type) {
            case 's':
            case 'r':
            case 'a': {
                std::string text = type == 's' ? markup_ ? to_html(value) : to_text(value)
                                   : markup_ ? escaped(to_repr(value))
                                               : to_repr(value);
                if (format.precision >= 0) text.resize(offset_of(text, static_cast<std::size_t>(format.precision)));
                return padded(budget_, format, std::move(text), left ? '<' : '>');
            }
            case 'c': {
                std::string text;
                if (value.is_whole()) {
                    if (value.as_integer() < 0 || value.as_integer() > 0x10ffff)
                        throw Fault("%c arg not in range(0x110000)");
                    append_character(text, static_cast<char32_t>(value.as_integer()));
                } else if (value.is_text() && length_of(value.as_text()) == 1) {
                    text = value.as_text();
                } else {
                    throw Fault("%c requires int or char");
                }
                return padded(budget_, format, markup_ ? escaped(text) : text, left ? '<' : '>');
            }
            case 'd':
            case 'i':
            case 'u':
            case 'x':
            case 'X':
            case 'o': {
                if (!value.is_number())
                    throw Fault(std::string("%") + type + " format: a number is required, not " + type_name(value));
                bool const decimal = type == 'd' || type == 'i' || type == 'u';
                if (value.is(Kind::real) && !decimal)
                    throw Fault(std::string("%") + type + " format: an integer is required, not float");
                format.type = decimal ? 'd' : type;
                auto const real = value.as_real();
                if (value.is(Kind::real) && !(real > -9.2e18 && real < 9.2e18)) throw Fault("the number is too large");
                auto digits =
                    format_whole(format, value.is(Kind::real) ? static_cast<std::int64_t>(real) : value.as_integer());
                if (format.precision > 0) {
                    FieldFormat zeros;
                    zeros.fill = "0";
                    auto const sign = digits.find_first_not_of("+- ");
                    zeros.width = format.precision + static_cast<std::int64_t>(sign);
                    digits = padded(budget_, zeros, std::move(digits), '=');
                }
                if (zero && !left) format.fill = "0";
                return padded(budget_, format, std::move(digits), left ? '<' : zero ? '=' : '>');
            }
            case 'e':
            case 'E':
            case 'f':
            case 'F':
            case 'g':
            case 'G': {
                if (!value.is_number()) throw Fault("must be real number, not " + type_name(value));
                format.type = type;
                auto digits = format_real(format, value.as_real());
                if (zero && !left) format.fill = "0";
                return padded(budget_, format, std::move(digits), left ? '<' : zero ? '=' : '>');
            }
            default: throw Fault(std::string("unsupported format character '") + type + "'");
        }
    }

    Budget& budget_;
    std::string_view text_;
    bool markup_;
    Value const& arguments_;
    std::vector<Value> given_;
    bool single_ = false;
    bool named_ = false;
    std::size_t used_ = 0;
    std::size_t at_ = 0;
};

}  // namespace

Value format_percent(Budget& budget, Value const& format, Value const& arguments) {
    budget.scan(format.as_text().size());
    return PercentFormatter(budget, format, arguments).run();
}

}  // namespace soyuz::jinja

#include "base/json_writer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace soyuz::base {

void JsonWriter::name(std::string_view key) {
    separate();
    text_ += '"';
    text_ += key;
    text_ += "\":";
}

void JsonWriter::fraction(std::string_view key, double value) {
    name(key);
    append_fraction(text_, value);
}

void JsonWriter::put(std::string_view value) { append_json_string(text_, value); }

void JsonWriter::put(Timestamp value) {
    text_ += '"';
    append_rfc3339(text_, value);
    text_ += '"';
}

void JsonWriter::put(MessageId const& id) {
    text_.append(1, '"').append(id.room.value).append(1, '-');
    append_number(text_, id.seq);
    text_ += '"';
}

void JsonWriter::put_number(std::uint64_t value) { append_number(text_, value); }

void JsonWriter::put_signed(std::int64_t value) {
    if (value < 0) text_ += '-';
    append_number(text_, value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value));
}

void append_number(std::string& out, std::uint64_t number) {
    char digits[20];
    auto const [end, error] = std::to_chars(digits, digits + sizeof digits, number);
    out.append(digits, end);
}

void append_fraction(std::string& out, double value) {
    auto const thousandths = static_cast<int>(std::lround(std::clamp(value, 0.0, 1.0) * 1000));
    if (thousandths == 1000) {
        out += '1';
        return;
    }
    out += '0';
    if (thousandths == 0) return;
    char const digits[4] = {'.', static_cast<char>('0' + thousandths / 100),
                            static_cast<char>('0' + thousandths / 10 % 10), static_cast<char>('0' + thousandths % 10)};
    std::string_view text{digits, 4};
    while (text.back() == '0') text.remove_suffix(1);
    out += text;
}

}  // namespace soyuz::base

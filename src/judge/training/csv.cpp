#include "judge/training/csv.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

namespace soyuz::judge {
namespace {

using base::Code;
using base::Error;
using base::Result;

class CsvReader {
public:
    explicit CsvReader(std::string text) : text_(std::move(text)) {}

    bool at_end() const { return at_ >= text_.size(); }
    std::size_t line() const { return line_; }

    std::vector<std::string> record() {
        std::vector<std::string> fields(1);
        bool quoted = false;
        for (; at_ < text_.size(); ++at_) {
            char const c = text_[at_];
            if (c == '\n') ++line_;
            if (quoted) {
                if (c != '"')
                    fields.back() += c;
                else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"')
                    fields.back() += text_[++at_];
                else
                    quoted = false;
            } else if (c == '"' && fields.back().empty()) {
                quoted = true;
            } else if (c == ',') {
                fields.emplace_back();
            } else if (c == '\n') {
                ++at_;
                break;
            } else if (c != '\r') {
                fields.back() += c;
            }
        }
        return fields;
    }

private:
    std::string text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
};

std::optional<Sample::Label> label_of(std::string const& word) {
    if (word == "0") return Sample::Label::clean;
    if (word == "1") return Sample::Label::toxic;
    if (word == "ham") return Sample::Label::ham;
    if (word == "spam") return Sample::Label::spam;
    return std::nullopt;
}

}  // namespace

Result<std::vector<Sample>> read_samples(std::string const& path) {
    auto const wrong = [&](std::size_t line, std::string const& what) {
        return Error{Code::invalid_value, path + ", line " + std::to_string(line) + ": " + what};
    };
    std::ifstream in(path, std::ios::binary);
    if (!in) return Error{Code::invalid_value, path + " cannot be read"};
    CsvReader reader{std::string{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}};

    auto const header = reader.record();
    auto const column = [&](std::string_view name) {
        return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
    };
    auto const text = column("text"), label = std::min(column("label"), column("lab")), source = column("source"),
               place = column("place"), language = column("lang");
    if (text == header.size() || label == header.size())
        return wrong(1, "the header must name the columns text and label (or lab)");

    std::vector<Sample> samples;
    while (!reader.at_end()) {
        auto const line = reader.line();
        auto fields = reader.record();
        if (fields.size() == 1 && fields[0].empty()) continue;
        if (fields.size() <= std::max(text, label)) return wrong(line, "too few fields");
        auto const meaning = label_of(fields[label]);
        if (!meaning) return wrong(line, "the label is none of 0, 1, ham, spam");
        auto const optional = [&](std::size_t at) { return at < fields.size() ? fields[at] : std::string(); };
        samples.push_back({*meaning, fields[text], optional(source), optional(place < header.size() ? place : source),
                           optional(language)});
    }
    return samples;
}

}  // namespace soyuz::judge

#include "judge/lists/lexicon_file.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace soyuz::judge {
namespace {

using base::Code;
using base::Error;
using base::Result;

/// A JSON value that knows its line. Only what a lexicon needs: strings, lists and objects.
struct Node {
    enum class Kind { string, list, object, other } kind = Kind::other;
    std::size_t line = 0;
    std::string key;  // within an object
    std::string text;
    std::vector<Node> members;
};

/// Counts lines as the parser takes characters from it.
class CountingIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = char const*;
    using reference = char const&;

    CountingIterator(char const* at, std::size_t* line) : at_(at), line_(line) {}
    reference operator*() const { return *at_; }
    CountingIterator& operator++() {
        if (line_ != nullptr && *at_ == '\n') ++*line_;
        ++at_;
        return *this;
    }
    CountingIterator operator++(int) {
        auto before = *this;
        ++*this;
        return before;
    }
    bool operator==(CountingIterator const& other) const { return at_ == other.at_; }
    bool operator!=(CountingIterator const& other) const { return at_ != other.at_; }

private:
    char const* at_;
    std::size_t* line_;
};

class Builder : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit Builder(std::size_t const& line) : line_(line) {}

    bool null() override { return put({}); }
    bool boolean(bool) override { return put({}); }
    bool number_integer(number_integer_t) override { return put({}); }
    bool number_unsigned(number_unsigned_t) override { return put({}); }
    bool number_float(number_float_t, string_t const&) override { return put({}); }
    bool binary(binary_t&) override { return false; }
    bool string(string_t& value) override {
        Node node;
        node.kind = Node::Kind::string;
        node.text = std::move(value);
        return put(std::move(node));
    }
    bool start_object(std::size_t) override { return open(Node::Kind::object); }
    bool start_array(std::size_t) override { return open(Node::Kind::list); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& value) override {
        key_ = std::move(value);
        return true;
    }
    bool parse_error(std::size_t, std::string const&, nlohmann::detail::exception const& error) override {
        std::string_view const what = error.what();
        auto const colon = what.rfind("; ");
        problem = colon == std::string_view::npos ? std::string("not JSON") : std::string(what.substr(colon + 2));
        return false;
    }

    Node root;
    std::string problem;

private:
    bool open(Node::Kind kind) {
        Node node;
        node.kind = kind;
        node.line = line_;
        open_.push_back({std::move(key_), std::move(node)});
        key_.clear();
        if (open_.size() > 8) problem = "nested too deeply";
        return open_.size() <= 8;
    }
    bool close() {
        auto [key, node] = std::move(open_.back());
        open_.pop_back();
        key_ = std::move(key);
        auto const line = node.line;
        put(std::move(node), line);
        return true;
    }
    bool put(Node node, std::size_t line = 0) {
        node.line = line == 0 ? line_ : line;
        if (open_.empty())
            root = std::move(node);
        else {
            node.key = std::move(key_);
            open_.back().second.members.push_back(std::move(node));
        }
        key_.clear();
        return true;
    }

    std::size_t const& line_;
    std::string key_;
    std::vector<std::pair<std::string, Node>> open_;
};

/// Walks the nodes; the first problem stops it.
class Interpreter {
public:
    explicit Interpreter(std::string_view name) : name_(name) {}

    Result<LexiconFile> read(Node const& root) {
        if (root.kind != Node::Kind::object) return error(root.line, "a lexicon is an object");
        for (auto const& node : root.members) {
            auto const& key = node.key;
            if (key == "language")
                file_.language = text(node);
            else if (key == "about" || key == "version")
                continue;
            else if (key == "classes")
                read_lists(node, file_.classes);
            else if (key == "groups")
                read_groups(node);
            else if (key == "allowed_words")
                file_.allowed_words = words(node);
            else if (key == "allowed_phrases")
                file_.allowed_phrases = words(node);
            else if (key == "names")
                file_.names = words(node);
            else if (key == "oaths")
                file_.oaths = words(node);
            else if (key == "aimed")
                file_.aimed = words(node);
            else if (key == "ordinary_in")
                read_lists(node, file_.ordinary_in);
            else
                fail(node.line, "unknown key \"" + key + "\"");
        }
        if (file_.language.empty()) fail(root.line, "\"language\" is missing");
        if (!problem_.empty()) return error(line_, problem_);
        return std::move(file_);
    }

    Error error(std::size_t line, std::string const& what) const {
        return {Code::invalid_value, std::string(name_) + ", line " + std::to_string(line) + ": " + what};
    }

private:
    void fail(std::size_t line, std::string what) {
        if (!problem_.empty()) return;
        problem_ = std::move(what);
        line_ = line;
    }

    std::string text(Node const& node) {
        if (node.kind != Node::Kind::string) fail(node.line, "a string is expected here");
        return node.text;
    }

    std::vector<std::string> words(Node const& node) {
        std::vector<std::string> out;
        if (node.kind != Node::Kind::list) fail(node.line, "a list of strings is expected here");
        for (auto const& member : node.members) {
            auto word = base::fold_case(base::trim(text(member)));
            if (word.empty()) fail(member.line, "an empty term");
            if (word.size() > 400) fail(member.line, "a term longer than 400 bytes");
            out.push_back(std::move(word));
        }
        return out;
    }

    void read_lists(Node const& node, std::vector<std::pair<std::string, std::vector<std::string>>>& into) {
        if (node.kind != Node::Kind::object) return fail(node.line, "\"" + node.key + "\" is an object of lists");
        for (auto const& member : node.members) into.emplace_back(member.key, words(member));
    }

    void read_groups(Node const& node) {
        if (node.kind != Node::Kind::list) return fail(node.line, "\"groups\" is a list of objects");
        for (auto const& member : node.members) read_group(member);
    }

    void read_group(Node const& node) {
        if (node.kind != Node::Kind::object) return fail(node.line, "a group is an object");
        LexiconGroup group;
        group.line = node.line;
        bool has_category = false, has_severity = false;
        for (auto const& member : node.members) {
            auto const& key = member.key;
            if (key == "category")
                has_category = true, group.category = category(member);
            else if (key == "severity")
                has_severity = true, group.severity = severity(member);
            else if (key == "match")
                group.match = match(member);
            else if (key == "action")
                group.action = action(member);
            else if (key == "classes")
                group.classes = words(member);
            else if (key == "needs")
                group.needs = text(member);
            else if (key == "terms")
                group.terms = words(member);
            else if (key == "phrases")
                group.phrases = words(member);
            else if (key != "about")
                fail(member.line, "unknown key \"" + key + "\" in a group");
        }
        if (!has_category) fail(node.line, "a group without \"category\"");
        if (!has_severity) fail(node.line, "a group without \"severity\"");
        if (group.terms.empty() && group.phrases.empty()) fail(node.line, "a group without terms and phrases");
        file_.groups.push_back(std::move(group));
    }

    Category category(Node const& node) {
        if (auto found = category_of(text(node))) return *found;
        fail(node.line, "unknown category \"" + node.text + "\"");
        return Category::profanity;
    }

    template <class T, std::size_t N>
    T one_of(Node const& node, std::array<std::pair<std::string_view, T>, N> const& choices, std::string_view what) {
        auto const word = text(node);
        for (auto const& [name, value] : choices)
            if (name == word) return value;
        fail(node.line, "unknown " + std::string(what) + " \"" + word + "\"");
        return choices[0].second;
    }

    Severity severity(Node const& node) {
        static constexpr std::array<std::pair<std::string_view, Severity>, 3> choices{
            {{"mild", Severity::low}, {"moderate", Severity::medium}, {"severe", Severity::high}}};
        return one_of(node, choices, "severity");
    }

    Manner match(Node const& node) {
        static constexpr std::array<std::pair<std::string_view, Manner>, 5> choices{{{"word", Manner::word},
                                                                                     {"forms", Manner::forms},
                                                                                     {"stem", Manner::stem},
                                                                                     {"part", Manner::part},
                                                                                     {"sound", Manner::sound}}};
        return one_of(node, choices, "match");
    }

    Action action(Node const& node) {
        static constexpr std::array<std::pair<std::string_view, Action>, 4> choices{
            {{"allow", Action::allow}, {"warn", Action::warn}, {"flag", Action::flag}, {"block", Action::block}}};
        return one_of(node, choices, "action");
    }

    std::string_view name_;
    LexiconFile file_;
    std::string problem_;
    std::size_t line_ = 0;
};

}  // namespace

Result<LexiconFile> parse_lexicon(std::string_view name, std::string_view text) {
    Interpreter interpreter(name);
    if (!base::is_valid_utf8(text)) return interpreter.error(1, "not UTF-8");
    std::size_t line = 1;
    Builder builder(line);
    CountingIterator const first(text.data(), &line), last(text.data() + text.size(), nullptr);
    if (!nlohmann::json::sax_parse(first, last, &builder)) return interpreter.error(line, builder.problem);
    return interpreter.read(builder.root);
}

}  // namespace soyuz::judge

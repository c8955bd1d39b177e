#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json_fwd.hpp>

/// The inside of the template engine. Nothing outside src/web/template includes this.
namespace soyuz::jinja {

using Json = nlohmann::json;

/// What goes wrong while a page is rendered; the renderer adds file and line.
struct Fault : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A template that isn't there, which `include … ignore missing` forgives.
struct MissingTemplate : Fault {
    using Fault::Fault;
};

enum class Kind : std::uint8_t {
    missing,  ///< no value at all: an unset variable or an argument that was not given
    undefined,
    none,
    boolean,
    integer,
    real,
    text,
    list,  ///< also tuples, generators and views, see List
    dict,
    object,  ///< everything else, see Thing
};

/// Counted by the values of one rendering, which lives on one thread.
struct Object {
    Object() = default;
    Object(Object const&) = delete;
    Object& operator=(Object const&) = delete;
    virtual ~Object() = default;
    std::uint32_t references = 0;
};

struct Text final : Object {
    explicit Text(std::string text) : characters(std::move(text)) {}
    std::string characters;
};

struct List;
struct Dict;
struct Thing;

/// A value of the template language. Texts and containers of the context are borrowed, not copied: the context and
/// the compiled templates outlive the rendering.
class Value {
public:
    Value() noexcept = default;
    Value(Value const& other) noexcept
        : kind_(other.kind_), flag_(other.flag_), size_(other.size_), payload_(other.payload_), owner_(other.owner_) {
        if (owner_ != nullptr) ++owner_->references;
    }
    Value(Value&& other) noexcept
        : kind_(other.kind_), flag_(other.flag_), size_(other.size_), payload_(other.payload_), owner_(other.owner_) {
        other.kind_ = Kind::missing;
        other.owner_ = nullptr;
    }
    Value& operator=(Value const& other) noexcept {
        Value copy(other);
        swap(copy);
        return *this;
    }
    Value& operator=(Value&& other) noexcept {
        swap(other);
        return *this;
    }
    ~Value() {
        if (owner_ != nullptr && --owner_->references == 0) delete owner_;
    }
    void swap(Value& other) noexcept {
        std::swap(kind_, other.kind_);
        std::swap(flag_, other.flag_);
        std::swap(size_, other.size_);
        std::swap(payload_, other.payload_);
        std::swap(owner_, other.owner_);
    }

    static Value none() { return Value(Kind::none); }
    static Value boolean(bool truth) {
        Value value(Kind::boolean);
        value.payload_.integer = truth ? 1 : 0;
        return value;
    }
    static Value integer(std::int64_t number) {
        Value value(Kind::integer);
        value.payload_.integer = number;
        return value;
    }
    static Value real(double number) {
        Value value(Kind::real);
        value.payload_.real = number;
        return value;
    }
    /// A text that outlives the rendering.
    static Value borrowed(std::string_view text, bool markup = false);
    static Value text(std::string text, bool markup = false);
    /// A part of `whole`'s characters, sharing its memory; never markup.
    static Value part(Value const& whole, std::string_view part);
    static Value list(List* list);
    static Value dict(Dict* dict);
    static Value thing(Thing* thing);
    /// Borrows `json`, which `owner` (may be null) keeps alive.
    static Value from_json(Json const& json, Object* owner = nullptr);

    /// An undefined variable; `name` outlives the rendering.
    static Value undefined(std::string_view name);
    static Value undefined_because(std::string hint);
    /// What `parent` gives for an attribute that it does not have; `name` is kept by `name_owner`'s memory.
    static Value undefined_attribute(Value const& parent, Value const& name);

    Kind kind() const { return kind_; }
    bool is(Kind kind) const { return kind_ == kind; }
    bool is_missing() const { return kind_ == Kind::missing; }
    bool is_undefined() const { return kind_ == Kind::undefined; }
    bool is_none() const { return kind_ == Kind::none; }
    bool is_text() const { return kind_ == Kind::text; }
    bool is_markup() const { return kind_ == Kind::text && flag_ != 0; }
    bool is_number() const { return kind_ >= Kind::boolean && kind_ <= Kind::real; }
    bool is_whole() const { return kind_ == Kind::boolean || kind_ == Kind::integer; }

    std::int64_t as_integer() const { return payload_.integer; }
    double as_real() const { return kind_ == Kind::real ? payload_.real : static_cast<double>(payload_.integer); }
    std::string_view as_text() const { return {payload_.characters, size_}; }
    Value with_markup(bool markup) const;

    /// The container, or null where it is borrowed JSON.
    List* as_list() const { return flag_ == 0 ? payload_.list : nullptr; }
    Dict* as_dict() const { return flag_ == 0 ? payload_.dict : nullptr; }
    Json const* as_json() const { return flag_ != 0 ? payload_.json : nullptr; }
    Thing* as_thing() const { return payload_.thing; }
    Object* owner() const { return owner_; }

    /// Why an undefined value is undefined, in Jinja's words.
    std::string undefined_message() const;

private:
    explicit Value(Kind kind) noexcept : kind_(kind) {}
    void own(Object* owner) {
        owner_ = owner;
        if (owner_ != nullptr) ++owner_->references;
    }

    Kind kind_ = Kind::missing;
    std::uint8_t flag_ = 0;  // text: is markup; list, dict: is JSON; undefined: see undefined_message
    std::uint32_t size_ = 0;
    union {
        std::int64_t integer = 0;
        double real;
        char const* characters;
        List* list;
        Dict* dict;
        Thing* thing;
        Json const* json;
    } payload_;
    Object* owner_ = nullptr;
};

/// Python's name of the value's type, as its error messages use it.
std::string type_name(Value const& value);

}  // namespace soyuz::jinja

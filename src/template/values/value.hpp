#pragma once

#include <cstdint>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "template/template_error.hpp"

/// The inside of the template engine; nothing outside of src/template includes this.
namespace soyuz::jinja {

using Json = nlohmann::json;

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

/// Shares an Object; may be null.
class Owner {
public:
    Owner(Object* object = nullptr) noexcept : object_(object) {
        if (object_ != nullptr) ++object_->references;
    }
    Owner(Owner const& other) noexcept : Owner(other.object_) {}
    Owner(Owner&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    Owner& operator=(Owner other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~Owner() {
        if (object_ != nullptr && --object_->references == 0) delete object_;
    }
    Object* get() const { return object_; }

private:
    Object* object_;
};

struct Text final : Object {
    explicit Text(std::string text) : characters(std::move(text)) {}
    std::string characters;
};

struct List;
struct Dict;
struct Thing;

/// A value of the language. What the context and the compiled templates hold is borrowed: they outlive the rendering.
class Value {
public:
    Value() noexcept = default;

    static Value none() { return Value(Kind::none); }
    static Value boolean(bool truth) { return Value(Kind::boolean, truth ? 1 : 0); }
    static Value integer(std::int64_t number) { return Value(Kind::integer, number); }
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
    /// As an argument: neither left out nor none.
    bool is_given() const { return !is_missing() && !is_none(); }
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
    Object* owner() const { return owner_.get(); }

    /// Why an undefined value is undefined, in Jinja's words.
    std::string undefined_message() const;

private:
    Value(Kind kind, std::int64_t number) noexcept : kind_(kind) { payload_.integer = number; }
    explicit Value(Kind kind, Owner owner = {}) noexcept : kind_(kind), owner_(std::move(owner)) {}

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
    Owner owner_;
};

/// Python's name of the value's type, as its error messages use it.
std::string type_name(Value const& value);

}  // namespace soyuz::jinja

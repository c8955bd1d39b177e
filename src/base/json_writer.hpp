#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace soyuz::base {

/// Appends JSON to a string, without a document in between and without an allocation of its own:
///
///     JsonWriter out{text};
///     out.object([&] {
///         out("id", user.id);
///         out("tags", tags);
///         out.object("place", [&] { out("room", room); });
///     });
///
/// Keys are literals that need no escapes; texts are valid UTF-8. Commas are its business. Not thread-safe.
class JsonWriter {
public:
    explicit JsonWriter(std::string& text) : text_(text) {}

    void object(auto const& body) { separate(), block('{', '}', body); }
    void array(auto const& body) { separate(), block('[', ']', body); }
    void object(std::string_view key, auto const& body) { name(key), block('{', '}', body); }
    void array(std::string_view key, auto const& body) { name(key), block('[', ']', body); }

    /// A member of an object: text, id, truth, whole number, moment, or a range of these.
    void operator()(std::string_view key, auto const& value) { name(key), put(value); }
    /// The same where the name comes from outside and may need escapes.
    void named(std::string_view key, auto const& value) { separate(), put(key), text_ += ':', put(value); }
    void null(std::string_view key) { name(key), text_ += "null"; }
    void fraction(std::string_view key, double value);  ///< as `append_fraction` writes it
    void raw(std::string_view key, std::string_view json) { name(key), text_ += json; }

    /// An element of an array.
    void element(auto const& value) { separate(), put(value); }
    void raw_element(std::string_view json) { separate(), text_ += json; }

private:
    void block(char begin, char end, auto const& body) {
        text_ += begin;
        first_ = true;
        body();
        first_ = false;
        text_ += end;
    }

    void separate() {
        if (!first_) text_ += ',';
        first_ = false;
    }
    void name(std::string_view key);

    void put(std::string_view value);
    void put(char const* value) { put(std::string_view{value}); }
    void put(std::string const& value) { put(std::string_view{value}); }
    void put(bool value) { text_ += value ? "true" : "false"; }
    void put(std::unsigned_integral auto value) { put_number(value); }
    void put(std::signed_integral auto value) { put_signed(value); }
    void put(Timestamp value);
    void put(MessageId const& id);
    template <class Tag>
    void put(Id<Tag> const& id) {
        put(std::string_view{id.value});
    }
    template <class Range>
    requires requires(Range const& range) { range.begin(), range.end(); }
    void put(Range const& range) {
        block('[', ']', [&] {
            for (auto const& item : range) element(item);
        });
    }

    void put_number(std::uint64_t value);
    void put_signed(std::int64_t value);

    std::string& text_;
    bool first_ = true;  ///< nothing stands yet in the innermost object or array
};

void append_number(std::string& out, std::uint64_t number);

/// A number from 0 to 1 with up to three decimals: 0, 0.25, 1.
void append_fraction(std::string& out, double value);

}  // namespace soyuz::base

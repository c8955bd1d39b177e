#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "web/http/call.hpp"

namespace soyuz::web {

/// Reads the members of a JSON object and remembers each that is wrong, so that all are named at once. Members that
/// nobody asks for are ignored. Not thread-safe; reads `object`, which must outlive it.
class JsonFields {
public:
    explicit JsonFields(nlohmann::json const& object) : object_(object) {}

    bool has(std::string_view name) const;
    bool is_text(std::string_view name) const;
    std::string text(std::string_view name, std::size_t max_bytes = 64U << 10U);
    std::optional<std::string> optional_text(std::string_view name, std::size_t max_bytes = 64U << 10U);
    /// "" where it is absent.
    std::string text_or_empty(std::string_view name, std::size_t max_bytes = 64U << 10U);
    std::optional<bool> optional_flag(std::string_view name);
    std::optional<unsigned long long> optional_number(std::string_view name, unsigned long long max);
    /// A number from `least` to `most`, which must be there.
    double fraction(std::string_view name, double least, double most);
    /// The texts of a list, at most `most`; none where it is absent.
    std::vector<std::string> texts(std::string_view name, std::size_t most);
    /// A list within; null where it is absent.
    nlohmann::json const* optional_array(std::string_view name);
    /// An object within; null where it is absent.
    nlohmann::json const* optional_object(std::string_view name);

    void wrong(std::string_view name, std::string reason);
    /// Refuses with invalid_value if any field was wrong.
    void check() const;

private:
    nlohmann::json const* find(std::string_view name) const;

    nlohmann::json const& object_;
    std::map<std::string, std::string> wrong_;
};

/// Hands the JSON object in the body of `call` to `read`.
void read_body(Call const& call, std::function<void(JsonFields&)> const& read);

/// The body as a `T`, which says with `static T read(JsonFields&)` how it is read. Refuses what is not valid, naming
/// each wrong field.
template <class T>
T parse(Call const& call) {
    std::optional<T> value;
    read_body(call, [&](JsonFields& fields) { value = T::read(fields); });
    return std::move(*value);
}

}  // namespace soyuz::web

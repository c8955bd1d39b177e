#include "outward/letter.hpp"

#include <array>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"

namespace soyuz::outward {

namespace {

constexpr std::array<std::string_view, 4> urgency_names{"low", "normal", "high", "urgent"};

}  // namespace

std::string_view name(Urgency urgency) { return urgency_names[static_cast<std::size_t>(urgency)]; }

std::optional<Urgency> parse_urgency(std::string_view text) {
    for (std::size_t at = 0; at < urgency_names.size(); ++at)
        if (urgency_names[at] == text) return static_cast<Urgency>(at);
    return std::nullopt;
}

std::optional<Letter> Letter::parse(std::string const& id, nlohmann::json const& json) {
    base::Members const fields{json};
    Letter letter;
    letter.id = id;
    letter.channel = fields.text("channel");
    letter.user = base::UserId{fields.text("user")};
    if (letter.channel.empty() || letter.user.empty()) return std::nullopt;
    letter.kind = fields.text("kind");
    letter.subject = fields.text("subject");
    letter.text = fields.text("text");
    letter.urgency = parse_urgency(fields.text("urgency")).value_or(Urgency::normal);
    letter.made_at = fields.time("made_at").value_or(base::Timestamp{});
    letter.due_at = fields.time("due_at").value_or(letter.made_at);
    letter.tries = static_cast<unsigned>(fields.number("tries"));
    return letter;
}

std::string Letter::document() const {
    return base::to_text({{"channel", channel},
                          {"user", user.value},
                          {"kind", kind},
                          {"subject", subject},
                          {"text", text},
                          {"urgency", outward::name(urgency)},
                          {"made_at", base::to_rfc3339(made_at)},
                          {"due_at", base::to_rfc3339(due_at)},
                          {"tries", tries}});
}

}  // namespace soyuz::outward

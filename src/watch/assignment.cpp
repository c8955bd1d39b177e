#include "watch/assignment.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"

namespace soyuz::watch {

std::optional<Assignment> Assignment::parse(std::string const& id, nlohmann::json const& json) {
    base::Members const fields{json};
    Assignment assignment;
    assignment.id = id;
    assignment.stream = fields.text("stream");
    assignment.agent = base::UserId{fields.text("agent")};
    if (assignment.stream.empty() || assignment.agent.empty()) return std::nullopt;
    assignment.assigned_by = base::UserId{fields.text("assigned_by")};
    assignment.notes = fields.text("notes");
    assignment.priority = parse_priority(fields.text("priority")).value_or(Priority::normal);
    assignment.created_at = fields.time("created_at").value_or(base::Timestamp{});
    assignment.ended_at = fields.time("ended_at");
    return assignment;
}

std::string Assignment::document() const {
    base::Json json{{"stream", stream}, {"agent", agent.value},       {"assigned_by", assigned_by.value},
                    {"notes", notes},   {"priority", name(priority)}, {"created_at", base::to_rfc3339(created_at)}};
    if (ended_at) json["ended_at"] = base::to_rfc3339(*ended_at);
    return base::to_text(json);
}

}  // namespace soyuz::watch

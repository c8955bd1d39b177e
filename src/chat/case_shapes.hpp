#pragma once

#include <nlohmann/json_fwd.hpp>

#include "moderation/cases/case.hpp"
#include "moderation/cases/cases.hpp"

namespace soyuz::chat {

class Accounts;
class Rooms;

/// A case as moderators see it.
nlohmann::json case_json(moderation::Case const& one, std::optional<moderation::CaseClaim> const& claim,
                         Accounts const& accounts, Rooms const& rooms);

/// The same case as its author sees it: without who reported it, and who decided.
nlohmann::json own_case_json(moderation::Case const& one, Rooms const& rooms);

}  // namespace soyuz::chat

#pragma once

#include <nlohmann/json_fwd.hpp>

#include "moderation/cases/case.hpp"
#include "moderation/cases/cases.hpp"

namespace soyuz::chat {
class Accounts;
class Rooms;
}  // namespace soyuz::chat

namespace soyuz::contract {

/// A case as moderators see it.
nlohmann::json case_json(moderation::Case const& the_case, std::optional<moderation::CaseClaim> const& claim,
                         chat::Accounts const& accounts, chat::Rooms const& rooms);

/// The same case as its author sees it: without the names of those who reported and decided it.
nlohmann::json own_case_json(moderation::Case const& the_case, chat::Rooms const& rooms);

}  // namespace soyuz::contract

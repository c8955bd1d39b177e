#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// How often one person or address may do what costs others: in one place, so that they can be seen together. What the
/// owner sets (registrations, sign-ins, the spam window) is in the settings; changes that others are
/// told of have a budget (chat/change_budget.hpp).
namespace soyuz::web::limits {

inline constexpr std::chrono::minutes span{10};
/// Pictures of oneself within `span`: each is decoded.
inline constexpr std::size_t avatar_changes = 5;
/// Reports of one person within `span`.
inline constexpr std::size_t reports = 20;
/// Within `span` from one address: sign-ups refused because of their e-mail address, which tell that it is known here.
inline constexpr std::size_t email_probes = 10;
/// An upload that nothing names is removed after this: its message may still be on its way until then.
inline constexpr std::chrono::hours orphan_age{1};
/// Files of one person within a day.
inline constexpr std::uint64_t upload_bytes_a_day = 200'000'000;

}  // namespace soyuz::web::limits

#include "moderation/cases/cases_implementation.hpp"

/// Who is at a case, and how it ends.
namespace soyuz::moderation {

using base::Code;
using base::Error;
using base::Result;

namespace {

Error no_such_case() { return {Code::not_found, "There is no such case."}; }
Error claimed() { return {Code::claimed, "Another moderator is at this case."}; }
Error already_decided() { return {Code::already_decided, "This case is decided already."}; }

}  // namespace

std::optional<CaseClaim> Cases::claim_of(std::string_view id) const {
    auto const& own = *implementation_;
    std::lock_guard const lock{own.mutex};
    auto const* const found = own.claim_on(std::string{id});
    return found != nullptr ? std::optional{*found} : std::nullopt;
}

Result<CasePtr> Cases::claim(std::string_view id, base::UserId const& by) {
    auto& own = *implementation_;
    CasePtr one;
    {
        std::lock_guard const lock{own.mutex};
        one = own.get(id);
        if (!one) return no_such_case();
        if (!one->open) return already_decided();
        auto const* const present = own.claim_on(one->id);
        if ((present != nullptr && present->by != by) || own.busy.contains(one->id)) return claimed();
        own.claims[one->id] = {by, own.clock.now() + own.limits.claim};
    }
    own.tell(one);
    return one;
}

Result<CasePtr> Cases::release(std::string_view id, base::UserId const& by) {
    auto& own = *implementation_;
    CasePtr one;
    {
        std::lock_guard const lock{own.mutex};
        one = own.get(id);
        if (!one) return no_such_case();
        auto const* const present = own.claim_on(one->id);
        if (present != nullptr && present->by != by) return claimed();
        own.claims.erase(one->id);
    }
    own.tell(one);
    return one;
}

Result<CasePtr> Cases::begin(std::string_view id, base::UserId const& by, bool must_be_open) {
    auto& own = *implementation_;
    std::lock_guard const lock{own.mutex};
    auto one = own.get(id);
    if (!one) return no_such_case();
    if (must_be_open && !one->open) return already_decided();
    auto const* const present = own.claim_on(one->id);
    if (present != nullptr && present->by != by) return claimed();
    if (!own.busy.insert(one->id).second) return claimed();
    own.claims[one->id] = {by, own.clock.now() + own.limits.claim};
    return one;
}

void Cases::finish(std::string_view id) {
    auto& own = *implementation_;
    std::lock_guard const lock{own.mutex};
    own.busy.erase(std::string{id});
}

Result<CasePtr> Cases::decide(std::string_view id, CaseDecision decision, More const& more) {
    auto& own = *implementation_;
    return own.change(
        id,
        [&](Case& one) -> Result<void> {
            if (!one.open) return already_decided();
            if (one.decision) one.decisions.push_back(std::move(*one.decision));
            if (decision.posted) one.messages.push_back(*decision.posted);
            one.decision = std::move(decision);
            one.open = false;
            own.claims.erase(one.id);
            return {};
        },
        more);
}

Result<CasePtr> Cases::undo(std::string_view id, base::UserId const& by, More const& more) {
    auto& own = *implementation_;
    return own.change(
        id,
        [&](Case& one) -> Result<void> {
            if (one.open || !one.decision) return Error{Code::conflict, "There is no decision to undo."};
            if (one.decision->undo_until < own.clock.now())
                return Error{Code::too_late, "This decision can no longer be undone."};
            auto undone = std::move(*one.decision);
            undone.undone = true;
            if (undone.posted) std::erase(one.messages, *undone.posted);
            undone.before.clear();
            one.decisions.push_back(std::move(undone));
            one.decision.reset();
            one.open = true;
            own.claims[one.id] = {by, own.clock.now() + own.limits.claim};
            return {};
        },
        more);
}

bool Cases::can_appeal(Case const& one) {
    if (one.appeal || one.kind == Case::Kind::alert) return false;
    if (!one.decision) return one.kind != Case::Kind::reported;
    switch (one.decision->action) {
        case Decided::remove:
        case Decided::warn:
        case Decided::mute:
        case Decided::ban: return true;
        case Decided::expired: return one.kind == Case::Kind::blocked;
        case Decided::approve:
        case Decided::grant:
        case Decided::reject:
        case Decided::not_a_violation: return false;
    }
    return false;
}

Result<CasePtr> Cases::appeal(std::string_view id, base::UserId const& author, std::string text, More const& more) {
    auto& own = *implementation_;
    return own.change(
        id,
        [&](Case& one) -> Result<void> {
            if (one.author != author) return no_such_case();
            if (one.appeal) return Error{Code::already_appealed, "You have appealed against this already."};
            if (!can_appeal(one)) return Error{Code::conflict, "There is nothing to appeal against."};
            one.appeal = CaseAppeal{std::move(text), own.clock.now()};
            if (one.decision) one.decisions.push_back(*std::exchange(one.decision, std::nullopt));
            one.open = true;
            return {};
        },
        more);
}

}  // namespace soyuz::moderation

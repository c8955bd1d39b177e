#include "moderation/cases/cases.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/manual_clock.hpp"
#include "moderation/cases/case_record.hpp"
#include "moderation/cases/cleared_texts.hpp"
#include "moderation/conduct/standing.hpp"
#include "support/committing_store.hpp"

using namespace soyuz;
using namespace soyuz::moderation;
using namespace std::chrono_literals;
using tests::CommittingStore;

namespace {

base::UserId const sara{"sara"}, omar{"omar"}, teacher{"teacher"}, helper{"helper"};
base::RoomId const lobby{"lobby"};
judge::Verdict const insult{judge::Action::flag, judge::Severity::medium,         0.7,  0.6,
                            {"harassment"},      {{"idiot", "harassment", 2, 7}}, "en", ""};
judge::Verdict const cry{judge::Action::flag, judge::Severity::high, 0.9, 0.2, {"self_harm"}, {}, "en", ""};
judge::Verdict const threat{judge::Action::block, judge::Severity::high, 0.95, 0.9, {"threat"}, {}, "en", ""};

struct Desk {
    explicit Desk(CaseLimits limits = {}) : bounds(limits) { restart(); }
    void restart() {
        cases.reset();
        store.settle();
        cases = std::make_unique<Cases>(
            store, clock, [this](Case const& changed, auto const&, std::size_t) { told.push_back(changed.id); },
            bounds);
    }
    CasePtr incident(std::string text, base::UserId const& author = sara, base::Seq seq = 0,
                     Case::Kind kind = Case::Kind::flagged, judge::Verdict verdict = insult) {
        Incident call;
        call.kind = kind;
        call.occasion = {judge::Occasion::Kind::message, lobby, author};
        call.text = std::move(text);
        if (seq != 0) call.message = base::MessageId{lobby, seq};
        verdict.case_id = cases->id_for(call.occasion, verdict, same_text_key(call.text));
        call.verdict = std::move(verdict);
        return cases->record(std::move(call));
    }
    std::string decide(std::string const& id, base::UserId const& by, Decision action) {
        if (auto const begun = cases->begin(id, by); !begun) return std::string{code_name(begun.error().code)};
        DecisionRecord decision;
        decision.action = action;
        decision.by = by;
        decision.at = clock.now();
        decision.undo_until = clock.now() + 10s;
        auto const decided = cases->decide(id, std::move(decision));
        cases->finish(id);
        return decided ? "" : std::string{code_name(decided.error().code)};
    }

    CaseLimits bounds;
    CommittingStore store;
    base::ManualClock clock;
    std::vector<std::string> told;
    std::unique_ptr<Cases> cases;
};

template <class T>
std::string code(base::Result<T> const& result) {
    return result ? "" : std::string{base::code_name(result.error().code)};
}

}  // namespace

TEST_CASE("the same text of the same author joins an open case for ten minutes") {
    struct Row {
        char const* what;
        std::string text;
        base::UserId author;
        std::chrono::minutes later;
        bool joins;
    };
    std::vector<Row> const rows{
        {"again", "You idiot", sara, 1min, true},
        {"in other letters and spaces", "  YOU \n idiot ", sara, 9min, true},
        {"with other marks at its end", "you idiot !!!", sara, 1min, true},
        {"by somebody else", "You idiot", omar, 1min, false},
        {"another text", "You fool", sara, 1min, false},
        {"too late", "You idiot", sara, 11min, false},
    };
    for (auto const& row : rows) {
        INFO(row.what);
        Desk desk;
        auto const first = desk.incident("You idiot", sara, 3);
        desk.clock.advance(row.later);
        auto const second = desk.incident(row.text, row.author, 4);
        CHECK((first->id == second->id) == row.joins);
        CHECK(second->count == (row.joins ? 2 : 1));
        CHECK(second->messages.size() == (row.joins ? 2 : 1));
        CHECK(desk.cases->open_count() == (row.joins ? 1 : 2));
    }
}

TEST_CASE("a case survives a restart with everything in it") {
    Desk desk;
    auto const one = desk.incident("You idiot", sara, 3, Case::Kind::blocked);
    CHECK(desk.decide(one->id, teacher, Decision::remove).empty());
    CHECK(code(desk.cases->appeal(one->id, sara, "Look again")).empty());
    auto const before = case_document(*desk.cases->find(one->id));
    desk.restart();
    auto const after = desk.cases->find(one->id);
    REQUIRE(after);
    CHECK(case_document(*after) == before);
    CHECK(after->open);
    CHECK(after->appeal->text == "Look again");
    CHECK(after->decisions.size() == 1);
    CHECK(after->verdict->matches.front().end == 7);
    CHECK(desk.cases->find_open({lobby, 3}) == after);
    CHECK(desk.cases->of_author(sara) == std::vector<CasePtr>{after});
}

TEST_CASE("a claim keeps others away for two minutes") {
    Desk desk;
    auto const id = desk.incident("You idiot")->id;
    CHECK(code(desk.cases->claim(id, teacher)).empty());
    CHECK(code(desk.cases->claim(id, helper)) == "claimed");
    CHECK(desk.decide(id, helper, Decision::remove) == "claimed");
    CHECK(code(desk.cases->release(id, helper)) == "claimed");
    desk.clock.advance(90s);
    CHECK(code(desk.cases->claim(id, teacher)).empty());
    desk.clock.advance(90s);
    CHECK(desk.cases->claim_of(id)->by == teacher);
    desk.clock.advance(31s);
    CHECK_FALSE(desk.cases->claim_of(id));
    CHECK(code(desk.cases->claim(id, helper)).empty());
    CHECK(code(desk.cases->release(id, helper)).empty());
    CHECK(desk.decide(id, teacher, Decision::remove).empty());
    CHECK(code(desk.cases->claim(id, helper)) == "already_decided");
    CHECK(desk.decide(id, helper, Decision::approve) == "already_decided");
    CHECK(code(desk.cases->claim("nothing", helper)) == "not_found");
    CHECK(desk.told.size() == 6);
}

TEST_CASE("nobody acts on a case between begin and finish") {
    Desk desk;
    auto const id = desk.incident("You idiot")->id;
    REQUIRE(desk.cases->begin(id, teacher));
    CHECK(code(desk.cases->begin(id, helper)) == "claimed");
    CHECK(code(desk.cases->begin(id, teacher)) == "claimed");
    CHECK(code(desk.cases->claim(id, helper)) == "claimed");
    desk.cases->finish(id);
    CHECK(code(desk.cases->begin(id, teacher)).empty());
}

TEST_CASE("what can be appealed against, and that only once") {
    struct Row {
        Case::Kind kind;
        std::optional<Decision> decided;
        bool can;
    };
    using Kind = Case::Kind;
    std::vector<Row> const rows{
        {Kind::blocked, {}, true},
        {Kind::flagged, {}, true},
        {Kind::reported, {}, false},
        {Kind::alert, {}, false},
        {Kind::reported, Decision::warn, true},
        {Kind::flagged, Decision::remove, true},
        {Kind::flagged, Decision::mute, true},
        {Kind::flagged, Decision::ban, true},
        {Kind::flagged, Decision::approve, false},
        {Kind::blocked, Decision::not_a_violation, false},
        {Kind::alert, Decision::remove, false},
    };
    for (auto const& row : rows) {
        INFO(name(row.kind) << ' ' << (row.decided ? name(*row.decided) : "open"));
        Desk desk;
        auto const id = desk.incident("You idiot", sara, 0, row.kind)->id;
        if (row.decided) CHECK(desk.decide(id, teacher, *row.decided).empty());
        CHECK(code(desk.cases->appeal(id, omar, "not mine")) == "not_found");
        CHECK(code(desk.cases->appeal(id, sara, "please")) == (row.can ? "" : "conflict"));
        if (!row.can) continue;
        CHECK(desk.cases->find(id)->open);
        CHECK(code(desk.cases->appeal(id, sara, "please")) == "already_appealed");
        CHECK(desk.decide(id, teacher, Decision::reject).empty());
        CHECK(code(desk.cases->appeal(id, sara, "please")) == "already_appealed");
    }
}

TEST_CASE("a decision can be undone while its time lasts") {
    Desk desk;
    auto const id = desk.incident("You idiot")->id;
    CHECK(code(desk.cases->undo(id, teacher)) == "conflict");
    CHECK(desk.decide(id, teacher, Decision::remove).empty());
    desk.clock.advance(9s);
    CHECK(code(desk.cases->undo(id, teacher)).empty());
    CHECK(desk.cases->find(id)->open);
    CHECK(desk.cases->find(id)->decisions.front().undone);
    CHECK(desk.decide(id, teacher, Decision::approve).empty());
    desk.clock.advance(11s);
    CHECK(code(desk.cases->undo(id, teacher)) == "too_late");
}

TEST_CASE("11,000 cheap cases of one author leave a cry for help and a threat of others open") {
    Desk desk;
    auto const help = desk.incident("I can't go on", omar, 1, Case::Kind::alert, cry);
    auto const threatened = desk.incident("I will find you", helper, 0, Case::Kind::blocked, threat);
    for (int i = 0; i < 11'000; ++i) desk.incident("name " + std::to_string(i));
    // Not even their own cry for help disappears among them.
    auto const own = desk.incident("I want to die", sara, 2, Case::Kind::alert, cry);
    for (auto const& each : {help, threatened, own}) CHECK(desk.cases->find(each->id)->open);
    CHECK(desk.cases->open_count() == 23);
    auto const latest = desk.cases->of_author(sara).at(1);
    CHECK(latest->text == "name 19");
    CHECK(latest->count == 10'981);
    CHECK(latest->further.size() == 20);
    CHECK(latest->further.back().text == "name 10999");
    auto const before = case_document(*latest);
    desk.restart();
    CHECK(case_document(*desk.cases->find(latest->id)) == before);
}

TEST_CASE("what joins the latest case of an author who has many") {
    struct Row {
        char const* what;
        Case::Kind kind;
        judge::Verdict verdict;
        bool joins;
    };
    std::vector<Row> const rows{
        {"another insult", Case::Kind::flagged, insult, true},
        {"a threat", Case::Kind::blocked, threat, false},
        {"a cry for help", Case::Kind::alert, cry, false},
    };
    for (auto const& row : rows) {
        INFO(row.what);
        Desk desk{{.of_author = 3}};
        for (int i = 1; i <= 3; ++i) desk.incident("text " + std::to_string(i), sara, static_cast<base::Seq>(i));
        auto const latest = desk.incident("text 2", sara, 4);
        auto const next = desk.incident(row.what, sara, 5, row.kind, row.verdict);
        CHECK((next->id == latest->id) == row.joins);
        CHECK(desk.cases->open_count() == (row.joins ? 3 : 4));
        CHECK(desk.cases->of_message({lobby, 5}) == next);
        CHECK(next->further.size() == (row.joins ? 1 : 0));
        CHECK(desk.incident(row.what, omar)->id != latest->id);
        // Once there is room again, cases open as ever.
        CHECK(desk.decide(latest->id, teacher, Decision::remove).empty());
        CHECK(desk.incident("later", sara)->id != next->id);
    }
}

TEST_CASE("beyond the limit the newest of the busiest author goes, and nothing that must be seen") {
    Desk desk{{.open = 20, .of_author = 1000, .decided = 1000}};
    std::vector<CasePtr> kept;
    kept.push_back(desk.incident("an old insult", omar));
    kept.push_back(desk.incident("help", sara, 1, Case::Kind::alert, cry));
    kept.push_back(desk.incident("a threat", sara, 0, Case::Kind::blocked, threat));
    kept.push_back(desk.incident("an appeal", sara, 0, Case::Kind::blocked));
    REQUIRE(desk.cases->appeal(kept.back()->id, sara, "please"));
    Incident reported;
    reported.kind = Case::Kind::reported;
    reported.occasion = {judge::Occasion::Kind::message, lobby, sara};
    reported.text = "a reported one";
    reported.report = CaseReport{"r", omar, "spam", "", {}};
    kept.push_back(desk.cases->record(std::move(reported)));
    kept.push_back(desk.incident("the first of many"));
    for (int i = 0; i < 200; ++i) {
        desk.clock.advance(1s);
        auto const fresh = desk.incident("text " + std::to_string(i));
        CHECK(desk.cases->find(fresh->id)->open);
        CHECK(desk.cases->open_count() <= 22);
    }
    for (auto const& each : kept) {
        INFO(each->text);
        CHECK(desk.cases->find(each->id)->open);
    }
    CHECK(desk.cases->decided().front()->decision->action == Decision::expired);
}

TEST_CASE("old decided cases go to the log") {
    Desk desk{{.open = 20, .of_author = 1000, .decided = 10}};
    for (int i = 0; i < 200; ++i) {
        desk.clock.advance(1s);
        CHECK(desk.decide(desk.incident("text " + std::to_string(i))->id, teacher, Decision::remove).empty());
        CHECK(desk.cases->decided().size() <= 11);
    }
    desk.store.settle();
    auto const archived = desk.store.log_tail("moderation_cases", 1000);
    CHECK(archived.size() + desk.cases->decided().size() == 200);
    CHECK(nlohmann::json::parse(archived.front())["text"] == "text 0");
    std::size_t documents = 0;
    desk.store.each_document("cases", [&](auto const&, auto const&) { ++documents; });
    CHECK(documents == desk.cases->decided().size());
}

TEST_CASE("violations count for a day, can be taken back, and are forgiven together") {
    CommittingStore store;
    base::ManualClock clock;
    auto standing = std::make_unique<Standing>(store, clock);
    auto const commit = [&](auto const& act) {
        store::Batch batch;
        act(batch);
        if (!batch.empty()) store.commit(std::move(batch), [](auto const&) {});
        store.settle();
        standing = std::make_unique<Standing>(store, clock);
    };
    auto const seen = [&] {
        auto const figures = standing->of(sara);
        return std::vector<unsigned>{figures.violations_24h, figures.counted, figures.flagged, figures.blocked,
                                     figures.warned};
    };
    CHECK(seen() == std::vector<unsigned>{0, 0, 0, 0, 0});
    commit([&](auto& batch) { standing->count(sara, "a", judge::Action::flag, batch); });
    commit([&](auto& batch) { standing->count(sara, "a", judge::Action::flag, batch); });
    clock.advance(23h);
    commit([&](auto& batch) { standing->count(sara, "b", judge::Action::block, batch); });
    commit([&](auto& batch) { standing->count(sara, "", judge::Action::warn, batch); });
    CHECK(seen() == std::vector<unsigned>{3, 3, 2, 1, 1});
    clock.advance(2h);
    CHECK(seen() == std::vector<unsigned>{1, 1, 2, 1, 1});
    commit([&](auto& batch) { standing->take_back(sara, "a", true, batch); });
    CHECK(seen() == std::vector<unsigned>{1, 1, 0, 1, 1});
    commit([&](auto& batch) { standing->take_back(sara, "a", false, batch); });
    CHECK(seen() == std::vector<unsigned>{1, 1, 2, 1, 1});
    CHECK(standing->of(sara).counted_until == clock.now() + 22h);
    commit([&](auto& batch) { standing->forgive(sara, batch); });
    CHECK(seen() == std::vector<unsigned>{1, 0, 2, 1, 1});
}

TEST_CASE("cleared texts are known again, also after a restart, and the oldest give way") {
    CommittingStore store;
    base::ManualClock clock;
    ClearedTexts cleared{store, 2};
    store::Batch batch;
    cleared.add("Kill the  process", "a", clock.now(), batch);
    clock.advance(1s);
    cleared.add("You fool", "b", clock.now(), batch);
    CHECK(cleared.contains("kill THE process"));
    CHECK_FALSE(cleared.contains("kill the processes"));
    clock.advance(1s);
    cleared.add("third", "c", clock.now(), batch);
    cleared.remove("YOU FOOL", batch);
    store.commit(std::move(batch), [](auto const&) {});
    store.settle();
    ClearedTexts const again{store, 2};
    CHECK(again.size() == 1);
    CHECK(again.contains("third"));
    CHECK_FALSE(again.contains("Kill the process"));
    CHECK_FALSE(again.contains("You fool"));
}

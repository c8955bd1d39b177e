#include <future>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

#include "chat/desk/desk.hpp"
#include "chat/observer.hpp"
#include "chat/posts/posts.hpp"
#include "chat/settings.hpp"
#include "contract/shapes.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "web/api/files.hpp"
#include "web/http/limits.hpp"
#include "web/pages/markdown.hpp"
#include "web/pages/message_view.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

namespace {

constexpr std::size_t posts_on_page = 15;
constexpr std::size_t comments_on_page = 50;

/// What somebody wrote that was not published: it stays in its form, with why.
struct Unsent {
    base::Error error{base::Code::internal, ""};
    judge::Verdict verdict;
    base::Seq post = 0;  ///< of a comment
    std::string text = {}, picture = {};
};

Json entry_view(SiteContext const& site, Call const& call, chat::Message const& message) {
    auto const at = base::to_rfc3339(message.sent_at);
    auto const& author = *message.sender;
    bool const is_own = author.id == call.user().id;
    bool const may_remove = is_own || site.rooms.may_manage(call.user(), *site.rooms.board());
    bool const is_flagged = message.verdict.action >= judge::Action::flag;
    return {{"id", base::to_string(message.id)},
            {"seq", message.id.seq},
            {"author", person_view(author, site.presence.is_online(author.id))},
            {"html", markdown_html(message.text)},
            {"at", at},
            {"at_text", at.substr(0, 10) + ' ' + at.substr(11, 5)},
            {"edited", message.edited_at.has_value()},
            {"own", is_own},
            {"may_remove", may_remove},
            {"flagged", is_flagged},
            {"veiled", is_flagged && !is_own}};
}

Json comments_view(SiteContext const& site, Call const& call, base::Seq post) {
    auto const page = site.posts.comments(post, 0, comments_on_page);
    auto views = Json::array();
    // Read from the oldest on, as a conversation.
    for (auto message = page.messages.rbegin(); message != page.messages.rend(); ++message)
        views.push_back(entry_view(site, call, **message));
    return views;
}

Json post_view(SiteContext const& site, Call const& call, chat::Message const& post, bool with_comments) {
    auto view = entry_view(site, call, post);
    view["picture_url"] = post.attachments.empty() ? Json{} : Json(contract::upload_url(post.attachments.front().file));
    view["link"] = post.link;
    view["comment_count"] = site.posts.index().comment_count(post.id.seq);
    view["comments"] = with_comments ? comments_view(site, call, post.id.seq) : Json::array();
    return view;
}

Json unsent_view(Unsent const& unsent) {
    auto reasons = Json::array();
    for (auto const& reason : unsent.verdict.reasons) reasons.push_back(reason);
    auto message = unsent.error.message;
    if (!unsent.error.fields.empty()) message = unsent.error.fields.begin()->second;
    return {{"message", message},        {"reasons", std::move(reasons)},
            {"post", unsent.post},       {"text", unsent.text},
            {"picture", unsent.picture}, {"blocked", unsent.error.code == Code::message_blocked}};
}

Json page_context(SiteContext const& site, Call const& call) {
    auto const settings = site.settings.get();
    Json mute;
    if (auto const found = site.sanctions.mute_of(call.user().id))
        mute = {{"reason", found->reason}, {"until", found->until ? Json(base::to_rfc3339(*found->until)) : Json{}}};
    return {{"mute", std::move(mute)},
            {"max_text", settings->message_characters},
            {"takes_pictures", settings->attachment_bytes > 0},
            {"said", call.query("said").value_or("")},
            {"unsent", nullptr}};
}

void answer_page(SiteContext& site, Call& call, Json context, Unsent const* unsent) {
    if (unsent != nullptr) context["unsent"] = unsent_view(*unsent);
    call.answer(site.pages.render(call, "posts.html", std::move(context),
                                  unsent != nullptr ? status_of(unsent->error.code) : 200));
}

void show_feed(SiteContext& site, Call& call, Unsent const* unsent = nullptr) {
    auto const page = site.posts.feed(call.query_number("before").value_or(0), posts_on_page);
    auto posts = Json::array();
    for (auto const& post : page.messages) posts.push_back(post_view(site, call, *post, false));
    auto context = page_context(site, call);
    context["older"] = page.has_more && !page.messages.empty() ? Json(page.messages.back()->id.seq) : Json{};
    context["posts"] = std::move(posts);
    context["one"] = false;
    answer_page(site, call, std::move(context), unsent);
}

void show_post(SiteContext& site, Call& call, base::Seq seq, Unsent const* unsent = nullptr) {
    auto const post = or_refuse(site.posts.find(seq));
    auto context = page_context(site, call);
    context["posts"] = Json::array({post_view(site, call, *post, true)});
    context["one"] = true;
    context["older"] = nullptr;
    answer_page(site, call, std::move(context), unsent);
}

/// The post in the path; of a comment, the one that it stands under.
base::Seq post_in_path(SiteContext const& site, Call const& call) {
    auto const id = or_refuse(site.posts.parse_id(call.parameter("id")));
    if (site.posts.index().has_post(id.seq)) return id.seq;
    auto const post = site.posts.index().post_of_comment(id.seq);
    if (!post) throw Refused{{Code::not_found, "There is no such post."}};
    return *post;
}

struct Outcome {
    base::Result<chat::MessagePtr> result;
    judge::Verdict verdict;
};

/// Starts what takes a `done`, and waits for it.
Outcome outcome_of(std::function<void(chat::MessageDone)> const& start) {
    auto const promise = std::make_shared<std::promise<Outcome>>();
    auto future = promise->get_future();
    start([promise](base::Result<chat::MessagePtr> result, judge::Verdict const& verdict, chat::Settled) {
        promise->set_value({std::move(result), verdict});
    });
    return future.get();
}

void publish(SiteContext& site, Call& call) {
    Unsent unsent;
    unsent.text = call.form("text");
    unsent.picture = call.form("waiting_picture");
    try {
        auto const* const picture = call.file("picture");
        if (picture != nullptr && !picture->content.empty()) unsent.picture = send_picture(site, call, "picture");
    } catch (Refused const& refused) {
        unsent.error = refused.error;
        return show_feed(site, call, &unsent);
    }
    auto const outcome = outcome_of([&](chat::MessageDone done) {
        site.posts.publish(call.author(), {unsent.text, unsent.picture, ""}, std::move(done));
    });
    if (outcome.result) return call.answer(redirect("/posts#p-" + std::to_string((*outcome.result)->id.seq)));
    unsent.error = outcome.result.error();
    unsent.verdict = outcome.verdict;
    show_feed(site, call, &unsent);
}

void comment(SiteContext& site, Call& call) {
    auto const post = post_in_path(site, call);
    Unsent unsent;
    unsent.post = post;
    unsent.text = call.form("text");
    auto const outcome = outcome_of(
        [&](chat::MessageDone done) { site.posts.comment(call.author(), post, unsent.text, "", std::move(done)); });
    auto const page = "/posts/" + std::to_string(post);
    if (outcome.result) return call.answer(redirect(page + "#p-" + std::to_string((*outcome.result)->id.seq)));
    unsent.error = outcome.result.error();
    unsent.verdict = outcome.verdict;
    show_post(site, call, post, &unsent);
}

void remove(SiteContext& site, Call& call) {
    auto const id = or_refuse(site.posts.parse_id(call.parameter("id")));
    auto const post = post_in_path(site, call);
    auto const outcome =
        outcome_of([&](chat::MessageDone done) { site.messages.editor.remove(call.author(), id, std::move(done)); });
    if (!outcome.result) throw Refused{outcome.result.error()};
    call.answer(redirect(post == id.seq ? "/posts?said=deleted" : "/posts/" + std::to_string(post) + "?said=deleted"));
}

void report(SiteContext& site, Call& call) {
    auto const id = or_refuse(site.posts.parse_id(call.parameter("id")));
    auto const post = post_in_path(site, call);
    auto const message = or_refuse(site.messages.history.find(call.user(), id));
    if (site.options.rate_limits) {
        if (auto const wait = site.reports.take(call.user().id.value, limits::reports))
            throw Refused{{Code::rate_limited, "You have reported a lot. Wait a little.", *wait}};
    }
    auto reason = call.form("reason").substr(0, 100);
    if (reason.empty()) reason = "other";
    (void)site.desk.report(call.user(), message, nullptr, std::move(reason), call.form("note").substr(0, 500));
    call.answer(redirect("/posts/" + std::to_string(post) + "?said=reported"));
}

}  // namespace

void add_post_pages(Router& router) {
    router.get("/posts", Rights::signed_in, [](SiteContext& site, Call& call) { show_feed(site, call); });
    router.get("/posts/{id}", Rights::signed_in, [](SiteContext& site, Call& call) {
        auto const post = post_in_path(site, call);
        auto const id = or_refuse(site.posts.parse_id(call.parameter("id")));
        if (post != id.seq)
            return call.answer(redirect("/posts/" + std::to_string(post) + "#p-" + std::to_string(id.seq)));
        show_post(site, call, post);
    });
    router.post("/posts", Rights::signed_in, publish).costs(Cost::upload).up_to([](SiteContext const& site) {
        return site.settings.get()->attachment_bytes + multipart_overhead;
    });
    router.post("/posts/{id}/comments", Rights::signed_in, comment);
    router.post("/posts/{id}/delete", Rights::signed_in, remove).counts_as_change();
    router.post("/posts/{id}/report", Rights::signed_in, report);
}

}  // namespace soyuz::web

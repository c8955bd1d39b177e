#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "chat/posts/posts.hpp"
#include "chat/screening.hpp"
#include "chat/settings.hpp"
#include "contract/shapes.hpp"
#include "dialects/rest/family.hpp"
#include "dialects/rest/routes.hpp"
#include "web/api/files.hpp"
#include "web/api/messages.hpp"
#include "web/api/posts.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::dialects {

namespace {

using Json = nlohmann::json;
using base::Code;
using web::Call;
using web::Cost;
using web::or_refuse;
using web::Refused;
using web::Rights;
using web::SiteContext;

constexpr std::size_t longest_text = 64U << 10U;
constexpr std::size_t longest_url = 2048;
constexpr std::size_t most_of_page = 100;
constexpr std::size_t own_posts_shown = 100;

struct NewPost {
    std::string content, url;
    static NewPost read(web::JsonFields& fields) {
        return {fields.text_or_empty("content", longest_text), fields.text_or_empty("url", longest_url)};
    }
};

Json post_json(chat::Message const& post) {
    Json url;
    if (!post.attachments.empty()) url = contract::upload_url(post.attachments.front().file);
    if (!post.link.empty()) url = post.link;
    return {{"id", post.id.seq},
            {"content", post.text},
            {"user_id", post.sender->id.value},
            {"username", post.sender->username},
            {"url", url},
            {"created_at", base::to_rfc3339(post.sent_at)}};
}

void publish(SiteContext& site, Call& call) {
    auto fields = web::parse<NewPost>(call);
    chat::Posts::NewPost post;
    post.text = std::move(fields.content);
    post.picture = web::file_of_url(fields.url, site.base_url(call.client()));
    if (post.picture.empty()) post.link = std::move(fields.url);
    site.posts.publish(call.author(), std::move(post),
                       web::answer_later(call, [&site](chat::Message const& made, judge::Verdict const& verdict) {
                           auto json = post_json(made);
                           json["msg"] = "Your post is published.";
                           json["isCyberbullying"] = site.screening.bullying(verdict).is_bullying;
                           return web::json_answer(json, 201);
                       }));
}

void show_own(SiteContext& site, Call& call) {
    auto list = Json::array();
    for (auto const& post : site.posts.feed(0, own_posts_shown, call.user().id).messages)
        list.push_back(post_json(*post));
    call.answer(list);
}

std::size_t number(Call const& call, char const* name, std::size_t otherwise, std::size_t most) {
    auto const value = call.query_number(name).value_or(otherwise);
    if (value < 1 || value > most)
        throw Refused{base::invalid_field(name, "must be from 1 to " + std::to_string(most))};
    return value;
}

/// All posts in an order that is the reader's own and changes with the hour, so that pages don't repeat each other.
std::vector<base::Seq> shuffled(SiteContext const& site, chat::User const& reader) {
    auto seqs = site.posts.index().all();
    auto const hour = std::chrono::floor<std::chrono::hours>(site.clock.now()).time_since_epoch().count();
    std::seed_seq seed(reader.id.value.begin(), reader.id.value.end());
    std::mt19937_64 random{seed};
    random.discard(static_cast<std::uint64_t>(hour) % 1000);
    std::shuffle(seqs.begin(), seqs.end(), random);
    return seqs;
}

void show_random(SiteContext& site, Call& call) {
    auto const page = number(call, "page", 1, 1'000'000);
    auto const per_page = number(call, "per_page", 10, most_of_page);
    auto const seqs = shuffled(site, call.user());
    auto const first = std::min(seqs.size(), (page - 1) * per_page);
    auto const last = std::min(seqs.size(), first + per_page);
    auto list = Json::array();
    for (auto const& post : site.posts.read(
             {seqs.begin() + static_cast<std::ptrdiff_t>(first), seqs.begin() + static_cast<std::ptrdiff_t>(last)}))
        list.push_back(post_json(*post));
    call.answer(Json{{"posts", std::move(list)},
                     {"total", seqs.size()},
                     {"pages", (seqs.size() + per_page - 1) / per_page},
                     {"current_page", page}});
}

base::Seq post_in_path(SiteContext& site, Call const& call) {
    auto const id = or_refuse(site.posts.parse_id(call.parameter("post_id")));
    if (!site.posts.index().has_post(id.seq)) throw Refused{{Code::not_found, "There is no such post."}};
    return id.seq;
}

/// A comment that was blocked is told as what it is, bullying: these clients take every refusal for the lost right to
/// chat.
web::Answer refused_comment(base::Error const& error, judge::Verdict const& verdict) {
    auto answer = messenger_refusal(error, verdict);
    if (error.code != Code::message_blocked) return answer;
    auto json = Json::parse(answer.body);
    json["isCyberbullying"] = true;
    json["published"] = false;
    return web::json_answer(json);
}

void comment(SiteContext& site, Call& call) {
    auto const post = post_in_path(site, call);
    std::string content;
    web::read_body(call, [&](web::JsonFields& fields) { content = fields.text("content", longest_text); });
    site.posts.comment(call.author(), post, std::move(content), "",
                       web::answer_later(call, [&site](chat::Message const& made, judge::Verdict const& verdict) {
                           auto const bullying = site.screening.bullying(verdict);
                           return web::json_answer(Json{{"msg", "Your comment is published."},
                                                        {"id", made.id.seq},
                                                        {"isCyberbullying", bullying.is_bullying},
                                                        {"bullying_probability", bullying.probability},
                                                        {"published", true}});
                       }));
}

void show_comments(SiteContext& site, Call& call) {
    auto const post = post_in_path(site, call);
    auto const limit = number(call, "limit", most_of_page, most_of_page);
    auto list = Json::array();
    for (auto const& each : site.posts.comments(post, 0, limit).messages)
        list.push_back({{"id", each->id.seq},
                        {"content", each->text},
                        {"user_id", each->sender->id.value},
                        {"username", each->sender->username},
                        {"is_bullying", site.screening.bullying(each->verdict).is_bullying},
                        {"created_at", base::to_rfc3339(each->sent_at)}});
    call.answer(list);
}

void upload(SiteContext& site, Call& call) {
    auto const url = contract::upload_url(web::send_picture(site, call, "file"));
    call.answer(Json{{"msg", "Your picture is here."}, {"url", url}}, 201);
}

}  // namespace

void add_messenger_post_routes(web::Router& router) {
    router.post("/api/post", Rights::signed_in, publish).refuses(messenger_refusal);
    router.get("/api/post", Rights::signed_in, show_own).refuses(messenger_refusal);
    router.get("/api/posts/random", Rights::signed_in, show_random).refuses(messenger_refusal);
    router.post("/api/comment/{post_id}", Rights::signed_in, comment).refuses(refused_comment);
    router.get("/api/comments/{post_id}", Rights::signed_in, show_comments).refuses(messenger_refusal);
    router.post("/api/upload-image", Rights::signed_in, upload)
        .costs(Cost::upload)
        .up_to([](SiteContext const& site) { return site.settings.get()->attachment_bytes + web::multipart_overhead; })
        .refuses(messenger_refusal);
}

}  // namespace soyuz::dialects

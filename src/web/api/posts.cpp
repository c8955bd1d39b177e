#include "web/api/posts.hpp"

#include <nlohmann/json.hpp>

#include "chat/posts/posts.hpp"
#include "chat/settings.hpp"
#include "contract/post_shapes.hpp"
#include "contract/shapes.hpp"
#include "web/api/files.hpp"
#include "web/api/messages.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

namespace {

constexpr std::size_t longest_text = 64U << 10U;
constexpr std::size_t longest_url = 2048;

struct PostFields {
    std::string text, picture_url, link, client_id;
    static PostFields read(JsonFields& fields) {
        return {fields.text_or_empty("text", longest_text), fields.text_or_empty("picture_url", longest_url),
                fields.text_or_empty("link", longest_url), fields.text_or_empty("client_id", 64)};
    }
};

struct CommentFields {
    std::string text, client_id;
    static CommentFields read(JsonFields& fields) {
        return {fields.text("text", longest_text), fields.text_or_empty("client_id", 64)};
    }
};

std::size_t limit_of(Call const& call) {
    auto const limit = call.query_number("limit").value_or(20);
    if (limit < 1 || limit > 100) throw Refused{base::invalid_field("limit", "This must be from 1 to 100.")};
    return limit;
}

/// A post or comment that stands; `{id}` in the path.
base::MessageId standing(SiteContext& site, Call const& call) {
    auto const id = or_refuse(site.posts.parse_id(call.parameter("id")));
    if (!site.posts.is_on_board(id)) throw Refused{{Code::not_found, "There is no such post."}};
    return id;
}

base::Seq standing_post(SiteContext& site, Call const& call) {
    auto const id = standing(site, call);
    if (!site.posts.index().has_post(id.seq)) throw Refused{{Code::not_found, "There is no such post."}};
    return id.seq;
}

Json json_of(SiteContext const& site, chat::Message const& message) {
    return message.reply_to == 0 ? contract::post_json(message, site.posts.index().comment_count(message.id.seq))
                                 : contract::comment_json(message);
}

Json page_json(SiteContext const& site, char const* name, chat::Posts::Page const& page) {
    auto list = Json::array();
    for (auto const& message : page.messages) list.push_back(json_of(site, *message));
    return {{name, std::move(list)}, {"has_more", page.has_more}};
}

chat::MessageDone answer_post(SiteContext& site, Call& call, int status) {
    return answer_later(call, [&site, status](chat::Message const& message, judge::Verdict const&) {
        return json_answer(json_of(site, message), status);
    });
}

void list_posts(SiteContext& site, Call& call) {
    base::UserId author;
    if (auto const name = call.query("author"); name && !name->empty()) author = find_user(site, *name)->id;
    auto const page = site.posts.feed(call.query_number("before").value_or(0), limit_of(call), author);
    call.answer(page_json(site, "posts", page));
}

void publish(SiteContext& site, Call& call) {
    auto fields = parse<PostFields>(call);
    chat::Posts::NewPost post;
    post.text = std::move(fields.text);
    post.link = std::move(fields.link);
    post.client_id = std::move(fields.client_id);
    if (!fields.picture_url.empty()) {
        post.picture = file_of_url(fields.picture_url, site.base_url(call.client()));
        if (post.picture.empty())
            throw Refused{base::invalid_field("picture_url", "This is not a picture that you sent here.")};
    }
    site.posts.publish(call.author(), std::move(post), answer_post(site, call, 201));
}

void comment(SiteContext& site, Call& call) {
    auto fields = parse<CommentFields>(call);
    site.posts.comment(call.author(), standing_post(site, call), std::move(fields.text), std::move(fields.client_id),
                       answer_post(site, call, 201));
}

void edit(SiteContext& site, Call& call) {
    auto const id = standing(site, call);
    std::string text;
    read_body(call, [&](JsonFields& fields) { text = fields.text("text", longest_text); });
    site.messages.editor.edit(call.author(), id, std::move(text), answer_post(site, call, 200));
}

void remove(SiteContext& site, Call& call) {
    site.messages.editor.remove(call.author(), standing(site, call),
                                answer_later(call, [](auto const&, auto const&) { return no_content(); }));
}

}  // namespace

std::string_view file_of_url(std::string_view url, std::string_view base_url) {
    if (!base_url.empty() && url.starts_with(base_url)) url.remove_prefix(base_url.size());
    auto const folder = contract::upload_url("");
    if (!url.starts_with(folder)) return {};
    url.remove_prefix(folder.size());
    return Uploads::is_name(url) ? url : std::string_view{};
}

void add_post_routes(Router& router) {
    router.get("/api/v1/posts", Rights::signed_in, list_posts)
        .reads({"before", "limit", "author"})
        .about("Posts, newest first, below the place `before`")
        .answers("Posts");
    router.post("/api/v1/posts", Rights::signed_in, publish)
        .about("Publishes a post; judged like a message. The same client_id gives the first result again")
        .body("NewPost")
        .answers("Post", 201);
    router
        .post("/api/v1/posts/pictures", Rights::signed_in,
              [](SiteContext& site, Call& call) {
                  call.answer(Json{{"url", contract::upload_url(send_picture(site, call, "picture"))}}, 201);
              })
        .costs(Cost::upload)
        .up_to([](SiteContext const& site) { return site.settings.get()->attachment_bytes + multipart_overhead; })
        .about("Sends a picture for a post that follows: multipart field picture. A post names its url as picture_url")
        .body("multipart:picture")
        .answers("Picture", 201);
    router
        .get("/api/v1/posts/{id}", Rights::signed_in,
             [](SiteContext& site, Call& call) {
                 call.answer(json_of(site, *or_refuse(site.posts.find(standing_post(site, call)))));
             })
        .about("One post")
        .answers("Post");
    router.patch("/api/v1/posts/{id}", Rights::signed_in, edit)
        .counts_as_change()
        .about("Edits one's own post or comment; judged like a new one")
        .body("MessageEdit")
        .answers("Post");
    router.remove("/api/v1/posts/{id}", Rights::signed_in, remove)
        .counts_as_change()
        .about("Deletes a post with its comments, or a comment; by its author or a moderator")
        .answers("", 204);
    router
        .get("/api/v1/posts/{id}/comments", Rights::signed_in,
             [](SiteContext& site, Call& call) {
                 auto const page = site.posts.comments(standing_post(site, call),
                                                       call.query_number("before").value_or(0), limit_of(call));
                 call.answer(page_json(site, "comments", page));
             })
        .reads({"before", "limit"})
        .about("Comments on a post, newest first")
        .answers("Comments");
    router.post("/api/v1/posts/{id}/comments", Rights::signed_in, comment)
        .about("Comments on a post; judged like a message")
        .body("NewComment")
        .answers("Comment", 201);
}

}  // namespace soyuz::web

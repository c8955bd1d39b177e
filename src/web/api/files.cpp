#include "web/api/files.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/characters.hpp"
#include "base/text.hpp"
#include "base/visible_text.hpp"
#include "chat/posts/posts.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/settings.hpp"
#include "contract/shapes.hpp"
#include "web/api/messages.hpp"
#include "web/api/rooms.hpp"
#include "web/files/images.hpp"
#include "web/files/ranged_answer.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;

namespace {

constexpr std::size_t longest_name = 120;
constexpr std::size_t longest_alternative = 500;

/// What a sender called a file, fit for a header and a page: its last component, without control characters.
std::string clean_name(std::string_view given, std::string_view ending) {
    auto const slash = given.find_last_of("/\\");
    if (slash != std::string_view::npos) given.remove_prefix(slash + 1);
    if (!base::is_valid_utf8(given)) return "file" + std::string{ending};
    std::string name{given};
    std::erase(name, '"');
    name = base::cut_file_name(base::tidy_line(base::tidy_paste(std::move(name))), longest_name);
    return base::shows_something(name) ? name : "file" + std::string{ending};
}

/// What a picture shows, in its sender's words: one line.
std::string alternative_text(std::string given) {
    auto text = base::tidy_line(base::tidy_paste(std::move(given)));
    return std::string{base::cut_units(text, longest_alternative)};
}

struct WrittenFile {
    base::UserId sender;
    std::uint64_t bytes = 0;
    std::string name;  ///< "" while it isn't written
};

/// Could a post with this outcome hold the upload `name`? After an internal error nobody knows, and the sweep decides.
bool may_be_in(base::Result<chat::MessagePtr> const& result, std::string const& name) {
    if (name.empty()) return true;
    return result ? holds_file(**result, name) : result.error().code == Code::internal;
}

base::Result<std::string> write_file(SiteContext& site, base::UserId const& sender, Part const& file,
                                     FileKind const& kind, chat::Room const& room) {
    if (site.options.rate_limits) {
        if (auto const wait = site.upload_quota.take(sender, file.content.size()))
            return base::Error{Code::rate_limited, "You have sent as many files as one person can in a day.", *wait};
    }
    auto name = site.uploads.write(file.content, kind.ending, room.id);
    if (!name) site.upload_quota.give_back(sender, file.content.size());
    return name;
}

void post_file(SiteContext& site, Call& call) {
    auto const room = room_for(site, call, call.parameter("name"));
    if (!site.rooms.is_member(call.user().id, *room))
        throw Refused{{Code::not_a_member, "Join the room to write in it."}};
    auto const* const file = call.file("file");
    if (file == nullptr) throw Refused{base::invalid_field("file", "Send a file in the field \"file\".")};
    if (file->content.empty()) throw Refused{base::invalid_field("file", "This file is empty. Choose another one.")};
    if (file->content.size() > site.settings.get()->attachment_bytes)
        throw Refused{{Code::too_large, "The file is larger than this server takes."}};

    auto const kind = recognise(file->content);
    chat::Attachment attachment;
    attachment.name = clean_name(file->file_name, kind.ending);
    attachment.type = kind.type;
    attachment.bytes = file->content.size();
    if (kind.is_image) {
        auto const size = picture_size(file->content);
        attachment.width = size.width;
        attachment.height = size.height;
        attachment.alt = alternative_text(call.form("alt"));
    }

    chat::Draft draft;
    draft.room = room;
    draft.text = call.form("text");
    draft.client_id = call.form("client_id");
    draft.attachments.push_back(std::move(attachment));
    auto const written = std::make_shared<WrittenFile>(WrittenFile{call.user().id, file->content.size(), ""});
    draft.store_files = [&](std::vector<chat::Attachment>& attachments) -> base::Result<void> {
        auto name = write_file(site, call.user().id, *file, kind, *room);
        if (!name) return name.error();
        attachments.front().file = written->name = std::move(*name);
        return {};
    };
    auto done = [&site, written, answered = answer_message(site, call, 201)](
                    base::Result<chat::MessagePtr> result, judge::Verdict const& verdict, chat::Settled settled) {
        if (!may_be_in(result, written->name)) {
            site.uploads.remove(written->name);
            site.upload_quota.give_back(written->sender, written->bytes);
        }
        answered(std::move(result), verdict, settled);
    };
    site.messages.poster.post(call.author(), std::move(draft), std::move(done));
}

/// Which messages' names a file goes by is not kept: browsers take the name from the link's download attribute.
void serve(SiteContext& site, Call& call) {
    auto const& name = call.parameter("name");
    auto const not_here = Refused{{Code::not_found, "There is no such file."}};
    if (!Uploads::is_name(name)) throw not_here;
    if (auto const room_id = Uploads::room_of(name); !room_id.empty()) {
        // First of all, so that strangers learn nothing about which rooms there are.
        if (call.identity() == nullptr) throw Refused{{Code::not_signed_in, "Sign in first."}};
        auto const room = site.rooms.find(room_id);
        if (!room) throw not_here;
        bool const is_open = room->is_open() || room->kind == chat::Room::Kind::board;
        if (!is_open && !site.rooms.may_read(call.user(), *room)) throw not_here;
        // A file goes with its message, at once; it may still lie on the disk for the undoing.
        if (!site.messages.attachments.find(room_id, name) && !site.posts.pictures().is_of(call.user().id, name))
            throw not_here;
    }

    // Names are random and contents never change: the name is the tag, and most readers have the file already. Whether
    // they may still see it is for us to say each time, unless it is a picture that anybody may see.
    std::string const tag = '"' + name + '"';
    bool const is_private = !Uploads::room_of(name).empty();
    Answer answer;
    answer.with("Cache-Control", is_private ? "private, no-cache" : "private, max-age=31536000, immutable");
    answer.with("Content-Security-Policy", "default-src 'none'; sandbox");
    answer.with("Cross-Origin-Resource-Policy", "same-origin");
    auto const file = site.uploads.open(name);
    if (!file) throw not_here;
    auto const kind = kind_of_stored(name);
    put_file(answer, call.request(), tag, kind.type, file, site.workers);
    bool const has_content = answer.status == 200 || answer.status == 206;
    if (has_content && !kind.is_image) answer.with("Content-Disposition", "attachment");
    call.answer(std::move(answer));
}

}  // namespace

std::string send_picture(SiteContext& site, Call const& call, std::string_view field) {
    auto const* const file = call.file(field);
    std::string const name{field};
    if (file == nullptr) throw Refused{base::invalid_field(name, "Send a picture in the field \"" + name + "\".")};
    if (auto const sanction = site.messages.sanction_of(call.user())) throw Refused{*sanction};
    auto const most = site.settings.get()->attachment_bytes;
    if (file->content.size() > most) throw Refused{{Code::too_large, "The picture is larger than this server takes."}};
    auto const kind = recognise(file->content);
    if (!kind.is_image) throw Refused{{Code::wrong_type, "A picture is a PNG, JPEG, WebP or GIF file."}};
    auto const board = site.rooms.board();
    auto written = or_refuse(write_file(site, call.user().id, *file, kind, *board));
    auto const size = picture_size(file->content);
    auto const made_room = site.posts.pictures().add(call.user().id, {written,
                                                                      clean_name(file->file_name, kind.ending),
                                                                      kind.type,
                                                                      file->content.size(),
                                                                      size.width,
                                                                      size.height,
                                                                      {}});
    if (!made_room.empty()) site.uploads.remove(made_room);
    return written;
}

void add_file_routes(Router& router) {
    router.post("/api/v1/rooms/{name}/files", Rights::signed_in, post_file)
        .costs(Cost::upload)
        .up_to([](SiteContext const& site) { return site.settings.get()->attachment_bytes + multipart_overhead; })
        .about("Posts a message with a file: multipart fields file, text, alt, client_id")
        .body("multipart:file,text,alt,client_id")
        .answers("Message", 201);
    router.get(contract::upload_url("{name...}"), Rights::anyone, serve)
        .about("A picture or an attachment; those of a room only for its readers")
        .answers("file");
    router
        .get("/assets/{name...}", Rights::anyone,
             [](SiteContext& site, Call& call) {
                 auto answer = site.assets.serve(call.parameter("name"), call.request());
                 if (!answer) throw Refused{{Code::not_found, "There is no such file."}};
                 call.answer(std::move(*answer));
             })
        .banned_too();
}

}  // namespace soyuz::web

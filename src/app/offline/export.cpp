#include <fstream>
#include <ostream>

#include <nlohmann/json.hpp>

#include "app/failure.hpp"
#include "app/offline/administration.hpp"
#include "app/offline/commands.hpp"
#include "base/json.hpp"
#include "chat/messages/records.hpp"
#include "chat/rooms/rooms.hpp"
#include "contract/shapes.hpp"
#include "web/http/html.hpp"

namespace soyuz::app {

namespace {

using Json = nlohmann::json;

constexpr base::Seq step = 512;

/// Everything goes through here, so that a full disk is noticed.
void write_file(std::filesystem::path const& file, std::string const& text) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.flush();
    if (!out) throw Failure(Exit::cannot_create, file.string() + " can't be written");
}

std::string html(std::string_view text) {
    std::string out;
    web::append_html(out, text);
    return out;
}

std::string page(std::string const& title, std::string const& body) {
    return "<!doctype html>\n<html><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
           "content=\"width=device-width\"><title>" +
           html(title) +
           "</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}"
           "article{padding:.5rem 0;border-bottom:1px solid #8884}article p{white-space:pre-wrap;overflow-wrap:anywhere;"
           "margin:.25rem 0}small{color:#666}img{max-width:100%}</style></head><body><h1>" +
           html(title) + "</h1>\n" + body + "</body></html>\n";
}

/// Writes one folder's contents into another. Not thread-safe.
class Exporter {
public:
    Exporter(Administration& from, chat::Rooms const& rooms, std::filesystem::path out, std::filesystem::path uploads)
        : from_(from), rooms_(rooms), out_(std::move(out)), uploads_(std::move(uploads)) {}

    void write() {
        for (auto const* folder : {"messages", "files"}) std::filesystem::create_directories(out_ / folder);
        write_users();
        write_sanctions();
        auto rooms = Json::array();
        std::string list;
        for (auto const& room : rooms_.all()) {
            auto const count = write_room(*room);
            rooms.push_back(room_json(*room, count));
            list += "<li><a href=\"messages/" + html(room->name) + ".html\">" + html(title_of(*room)) + "</a> <small>" +
                    std::to_string(count) + "</small></li>\n";
        }
        write_file(out_ / "rooms.json", rooms.dump(1) + '\n');
        write_file(out_ / "index.html", page("Rooms", "<ul>" + list + "</ul>\n"));
    }

    std::size_t users = 0, messages = 0, files = 0;

private:
    std::string title_of(chat::Room const& room) const {
        if (room.kind != chat::Room::Kind::direct) return room.title.empty() ? room.name : room.title;
        std::string names;
        for (auto const& id : rooms_.members(room)) {
            auto const user = from_.accounts.find(id);
            names += (names.empty() ? "" : ", ") + (user ? user->username : std::string{"deleted"});
        }
        return names;
    }

    void write_users() {
        auto list = Json::array();
        for (auto const& user : from_.accounts.all()) {
            if (user->deleted) continue;
            auto json = contract::user_json(*user, false);
            json.erase("online");
            json["email"] = user->email;
            if (!user->avatar.empty()) json["picture"] = take_file(user->avatar);
            list.push_back(std::move(json));
            ++users;
        }
        write_file(out_ / "users.json", list.dump(1) + '\n');
    }

    void write_sanctions() {
        auto list = Json::array();
        for (auto const& sanction : from_.sanctions.all()) {
            auto const user = from_.accounts.find(sanction.user);
            list.push_back({{"kind", sanction.kind == moderation::Sanction::Kind::ban ? "ban" : "mute"},
                            {"username", user ? user->username : ""},
                            {"reason", sanction.reason},
                            {"by", sanction.by},
                            {"since", base::to_rfc3339(sanction.since)},
                            {"until", sanction.until ? Json(base::to_rfc3339(*sanction.until)) : Json{}}});
        }
        write_file(out_ / "sanctions.json", list.dump(1) + '\n');
    }

    Json room_json(chat::Room const& room, std::size_t count) const {
        auto members = Json::array();
        for (auto const& id : rooms_.members(room))
            if (auto const user = from_.accounts.find(id); user && !user->deleted) members.push_back(user->username);
        return {{"id", room.id.value},           {"name", room.name},
                {"title", title_of(room)},       {"topic", room.topic},
                {"kind", chat::name(room.kind)}, {"created_at", base::to_rfc3339(room.created_at)},
                {"members", std::move(members)}, {"messages", count}};
    }

    std::size_t write_room(chat::Room const& room) {
        auto list = Json::array();
        std::string rows;
        auto const last = rooms_.last_seq(room.id);
        for (base::Seq first = 1; first <= last; first += step) {
            auto const stored = from_.store->messages(room.id, first, std::min(last, first + step - 1));
            if (!stored) throw Failure(Exit::damaged, room.name + ": " + stored.error().message);
            for (auto const& [seq, body] : *stored) {
                auto message = chat::parse_body(body, {room.id, seq}, from_.accounts);
                if (!message || message->deleted) continue;
                message->room_name = room.name;
                list.push_back(message_json(*message));
                rows += row(*message);
            }
        }
        write_file(out_ / "messages" / (room.name + ".json"), list.dump(1) + '\n');
        write_file(out_ / "messages" / (room.name + ".html"), page(title_of(room), rows));
        messages += list.size();
        return list.size();
    }

    Json message_json(chat::Message const& message) {
        auto json = contract::message_json(message, from_.accounts);
        if (!message.link.empty()) json["link"] = message.link;
        for (std::size_t at = 0; at < message.attachments.size(); ++at)
            json["attachments"][at]["file"] = take_file(message.attachments[at].file);
        return json;
    }

    static std::string row(chat::Message const& message) {
        auto const at = base::to_rfc3339(message.sent_at);
        std::string text = "<article id=\"m-" + std::to_string(message.id.seq) + "\"><b>" +
                           html(message.sender->display_name) + "</b> <small><time datetime=\"" + at + "\">" +
                           at.substr(0, 10) + ' ' + at.substr(11, 5) + "</time></small>";
        if (message.reply_to != 0)
            text += " <small><a href=\"#m-" + std::to_string(message.reply_to) + "\">&#8617;</a></small>";
        text += "<p>" + html(message.text) + "</p>";
        for (auto const& attachment : message.attachments)
            text += "<a href=\"../files/" + html(attachment.file) + "\">" + html(attachment.name) + "</a> ";
        return text + "</article>\n";
    }

    /// Copies an upload, and gives its place in the export; null where it is not there.
    Json take_file(std::string const& name) {
        std::error_code fault;
        auto const target = out_ / "files" / name;
        std::filesystem::create_directories(target.parent_path(), fault);
        if (!std::filesystem::copy_file(uploads_ / name, target, std::filesystem::copy_options::skip_existing, fault) &&
            fault)
            return nullptr;
        ++files;
        return "files/" + name;
    }

    Administration& from_;
    chat::Rooms const& rooms_;
    std::filesystem::path const out_, uploads_;
};

}  // namespace

int export_folder(std::filesystem::path const& data, std::filesystem::path const& out, std::filesystem::path uploads,
                  std::ostream& said) {
    if (!std::filesystem::is_directory(data)) throw Failure(Exit::usage, data.string() + " is no folder");
    if (std::filesystem::exists(out) && !std::filesystem::is_empty(out))
        throw Failure(Exit::usage, out.string() + " is not empty");
    if (uploads.empty()) uploads = uploads_beside(data);
    Administration folder(data);
    chat::Rooms const rooms(*folder.store, folder.accounts, folder.clock);
    Exporter exporter(folder, rooms, out, uploads);
    exporter.write();
    folder.finish();
    said << "exported " << exporter.users << " accounts, " << exporter.messages << " messages and " << exporter.files
         << " files to " << out.string() << '\n';
    return 0;
}

}  // namespace soyuz::app

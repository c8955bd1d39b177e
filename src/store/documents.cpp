#include "store/documents.hpp"

#include <utility>

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"

namespace soyuz::store {

namespace {

/// Prints an object whose members stand on lines of their own.
template <class Map>
void print_lines(std::string& out, Map const& map, auto const& print_value) {
    out += '{';
    bool is_first = true;
    for (auto const& [name, value] : map) {
        base::append_json_string(out.append(std::exchange(is_first, false) ? "\n" : ",\n"), name);
        out += ':';
        print_value(value);
    }
    out += "\n}";
}

/// Reads such an object; `read_value` gets each name.
void read_lines(base::JsonReader& reader, auto const& read_value) {
    reader.expect("{\n");
    for (bool is_first = true; reader.ok() && !reader.next_is("}") && !reader.next_is("\n}"); is_first = false) {
        if (!is_first) reader.expect(",\n");
        auto name = reader.string();
        reader.expect(":");
        read_value(std::move(name));
    }
    reader.skip("\n");
    reader.expect("}");
}

/// Opens a file and has its members read. What is not read to the end is damaged.
OpenedDocument::State read_document(std::string_view file, auto const& read_members) {
    auto const opened = open_document(file);
    if (opened.state != OpenedDocument::State::good) return opened.state;
    base::JsonReader reader{opened.members};
    bool const is_good = read_members(reader);
    reader.expect("}\n");
    bool const is_whole = is_good && reader.ok() && reader.at_end();
    return is_whole ? OpenedDocument::State::good : OpenedDocument::State::damaged;
}

}  // namespace

std::string print_collection(std::string_view name, std::uint64_t number, Documents const& documents) {
    std::string members = "\"collection\":\"";
    members.append(name).append("\",\"journal\":");
    base::append_number(members, number);
    members += ",\"documents\":";
    print_lines(members, documents, [&](Text const& value) { members += *value; });
    return seal_document(members + "}\n");
}

ReadCollection parse_collection(std::string_view name, std::string_view file) {
    ReadCollection read;
    read.state = read_document(file, [&](base::JsonReader& reader) {
        reader.expect("\"collection\":");
        if (reader.string() != name) return false;
        reader.expect(",\"journal\":");
        read.number = reader.number();
        reader.expect(",\"documents\":");
        read_lines(reader, [&](std::string id) {
            auto value = std::make_shared<std::string const>(reader.value());
            read.documents.emplace_hint(read.documents.end(), std::move(id), std::move(value));
        });
        return true;
    });
    return read;
}

std::string print_mark(CheckpointMark const& mark) {
    std::string members = "\"journal\":";
    base::append_number(members, mark.number);
    members += ",\"rooms\":";
    print_lines(members, mark.rooms, [&](CheckpointMark::RoomMark const& at) {
        base::JsonWriter json{members};
        json.object([&] { json("last_seq", at.last), json("bytes", at.bytes); });
    });
    members += ",\"logs\":";
    print_lines(members, mark.logs, [&](std::uint64_t bytes) {
        base::JsonWriter json{members};
        json.object([&] { json("bytes", bytes); });
    });
    return seal_document(members + "}\n");
}

ReadMark parse_mark(std::string_view file) {
    ReadMark read;
    auto& mark = read.mark;
    read.state = read_document(file, [&](base::JsonReader& reader) {
        bool has_good_names = true;
        reader.expect("\"journal\":");
        mark.number = reader.number();
        reader.expect(",\"rooms\":");
        read_lines(reader, [&](std::string const& room) {
            has_good_names = has_good_names && is_room_name(room);
            auto& at = mark.rooms[room];
            reader.expect("{\"last_seq\":");
            at.last = reader.number();
            reader.expect(",\"bytes\":");
            at.bytes = reader.number();
            reader.expect("}");
        });
        reader.expect(",\"logs\":");
        read_lines(reader, [&](std::string const& log) {
            has_good_names = has_good_names && is_plain_name(log);
            reader.expect("{\"bytes\":");
            mark.logs[log] = reader.number();
            reader.expect("}");
        });
        return has_good_names;
    });
    return read;
}

Path previous_path(Path const& file) { return file.parent_path() / "previous" / file.filename(); }

}  // namespace soyuz::store

#include "store/documents.hpp"

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"

namespace soyuz::store {

std::string print_collection(std::string_view name, std::uint64_t number, Documents const& documents) {
    std::string members = "\"collection\":\"";
    members.append(name).append("\",\"journal\":");
    base::append_number(members, number);
    members += ",\"documents\":{";
    bool is_first = true;
    for (auto const& [id, value] : documents) {
        members += is_first ? "\n" : ",\n";
        is_first = false;
        base::append_json_string(members, id);
        members.append(":").append(*value);
    }
    members += "\n}}\n";
    return seal_document(members);
}

ReadCollection parse_collection(std::string_view name, std::string_view file) {
    ReadCollection read;
    auto const opened = open_document(file);
    if (opened.state != OpenedDocument::State::good) {
        read.state = opened.state;
        return read;
    }
    base::JsonReader reader{opened.members};
    reader.expect("\"collection\":");
    if (reader.string() != name) return read;
    reader.expect(",\"journal\":");
    read.number = reader.number();
    reader.expect(",\"documents\":{\n");
    while (reader.ok() && !reader.next_is("}") && !reader.next_is("\n}")) {
        if (!read.documents.empty()) reader.expect(",\n");
        auto id = reader.string();
        reader.expect(":");
        auto const value = reader.value();
        read.documents.emplace_hint(read.documents.end(), std::move(id), std::make_shared<std::string const>(value));
    }
    reader.skip("\n");
    reader.expect("}}\n");
    if (reader.ok() && reader.at_end()) read.state = OpenedDocument::State::good;
    return read;
}

std::string print_mark(CheckpointMark const& mark) {
    std::string members = "\"journal\":";
    base::append_number(members, mark.number);
    members += ",\"rooms\":{";
    bool is_first = true;
    for (auto const& [room, at] : mark.rooms) {
        members.append(is_first ? "\n\"" : ",\n\"").append(room).append("\":{\"last_seq\":");
        is_first = false;
        base::append_number(members, at.last);
        members += ",\"bytes\":";
        base::append_number(members, at.bytes);
        members += '}';
    }
    members += "\n},\"logs\":{";
    is_first = true;
    for (auto const& [log, bytes] : mark.logs) {
        members.append(is_first ? "\n\"" : ",\n\"").append(log).append("\":{\"bytes\":");
        is_first = false;
        base::append_number(members, bytes);
        members += '}';
    }
    members += "\n}}\n";
    return seal_document(members);
}

ReadMark parse_mark(std::string_view file) {
    ReadMark read;
    auto const opened = open_document(file);
    if (opened.state != OpenedDocument::State::good) {
        read.state = opened.state;
        return read;
    }
    base::JsonReader reader{opened.members};
    bool has_good_names = true;
    reader.expect("\"journal\":");
    read.mark.number = reader.number();
    reader.expect(",\"rooms\":{\n");
    while (reader.ok() && !reader.next_is("}") && !reader.next_is("\n}")) {
        if (!read.mark.rooms.empty()) reader.expect(",\n");
        auto const room = reader.string();
        has_good_names = has_good_names && is_room_name(room);
        reader.expect(":{\"last_seq\":");
        auto& at = read.mark.rooms[room];
        at.last = reader.number();
        reader.expect(",\"bytes\":");
        at.bytes = reader.number();
        reader.expect("}");
    }
    reader.skip("\n");
    reader.expect("},\"logs\":{\n");
    while (reader.ok() && !reader.next_is("}") && !reader.next_is("\n}")) {
        if (!read.mark.logs.empty()) reader.expect(",\n");
        auto const log = reader.string();
        has_good_names = has_good_names && is_plain_name(log);
        reader.expect(":{\"bytes\":");
        read.mark.logs[log] = reader.number();
        reader.expect("}");
    }
    reader.skip("\n");
    reader.expect("}}\n");
    if (reader.ok() && reader.at_end() && has_good_names) read.state = OpenedDocument::State::good;
    return read;
}

Path previous_path(Path const& file) { return file.parent_path() / "previous" / file.filename(); }

}  // namespace soyuz::store

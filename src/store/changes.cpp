#include "store/changes.hpp"

#include <algorithm>
#include <type_traits>

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "store/seal.hpp"

namespace soyuz::store {
namespace {

template <class... Functions>
struct Visitor : Functions... {
    using Functions::operator()...;
};
template <class... Functions>
Visitor(Functions...) -> Visitor<Functions...>;

constexpr std::size_t max_name = 64;
constexpr std::size_t max_id = 512;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }
bool is_room_character(char c) { return is_letter(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; }
bool is_document_id(std::string_view id) { return id.size() <= max_id && base::is_valid_utf8(id); }

bool can_be_stored(Change const& change) {
    return std::visit(
        Visitor{
            [](Put const& put) {
                return is_plain_name(put.collection) && is_document_id(put.id) && base::is_object_on_a_line(put.value);
            },
            [](Erase const& erase) { return is_plain_name(erase.collection) && is_document_id(erase.id); },
            [](AppendMessage const& append) {
                return is_room_name(append.room.value) && base::is_object_on_a_line(append.body);
            },
            [](ReplaceMessage const& replace) {
                return is_room_name(replace.room.value) && base::is_object_on_a_line(replace.body);
            },
            [](EraseMessages const& erase) { return is_room_name(erase.room.value); },
            [](AppendLog const& append) {
                return is_plain_name(append.log) && base::is_object_on_a_line(append.line) &&
                       !base::is_empty_object(append.line);
            },
        },
        change);
}

/// Names become files: what was read is held to the same as what is written, however right its checksum is.
bool has_good_names(Change const& change) {
    return std::visit(
        Visitor{
            [](Put const& put) { return is_plain_name(put.collection) && is_document_id(put.id); },
            [](Erase const& erase) { return is_plain_name(erase.collection) && is_document_id(erase.id); },
            [](AppendMessage const& append) { return is_room_name(append.room.value); },
            [](ReplaceMessage const& replace) { return is_room_name(replace.room.value) && replace.seq > 0; },
            [](EraseMessages const& erase) { return is_room_name(erase.room.value); },
            [](AppendLog const& append) { return is_plain_name(append.log); },
        },
        change);
}

void append_message(std::string& out, std::string_view kind, std::string const& room, Seq seq,
                    std::string const& body) {
    out += kind;
    out += room;
    out += "\",\"seq\":";
    base::append_number(out, seq);
    out += ",\"body\":";
    out += body;
    out += '}';
}

Change read_change(base::JsonReader& reader, std::vector<Seq>& seqs) {
    if (reader.skip("{\"put\":")) {
        Put put;
        put.collection = reader.string();
        reader.expect(",\"id\":");
        put.id = reader.string();
        reader.expect(",\"value\":");
        put.value = reader.value();
        return put;
    }
    if (reader.skip("{\"erase\":")) {
        Erase erase;
        erase.collection = reader.string();
        reader.expect(",\"id\":");
        erase.id = reader.string();
        return erase;
    }
    if (reader.skip("{\"erase_messages\":")) return EraseMessages{RoomId{reader.string()}};
    if (reader.skip("{\"log\":")) {
        AppendLog append;
        append.log = reader.string();
        reader.expect(",\"line\":");
        append.line = reader.value();
        return append;
    }
    bool const is_new = reader.skip("{\"message\":");
    if (!is_new) reader.expect("{\"replace\":");
    RoomId room{reader.string()};
    reader.expect(",\"seq\":");
    Seq const seq = reader.number();
    reader.expect(",\"body\":");
    std::string body{reader.value()};
    if (!is_new) return ReplaceMessage{std::move(room), seq, std::move(body)};
    seqs.push_back(seq);
    return AppendMessage{std::move(room), std::move(body)};
}

}  // namespace

bool is_plain_name(std::string_view name) {
    return !name.empty() && name.size() <= max_name && std::all_of(name.begin(), name.end(), is_letter);
}

bool is_room_name(std::string_view name) {
    return !name.empty() && name.size() <= max_name && std::all_of(name.begin(), name.end(), is_room_character);
}

base::Result<void> check_batch(Batch const& batch) {
    if (!std::all_of(batch.begin(), batch.end(), can_be_stored)) {
        return base::Error{base::Code::bad_request, "This can't be stored: it is not a JSON object on one line."};
    }
    return {};
}

void append_record(std::string& out, std::uint64_t number, Batch const& batch, std::vector<Seq> const& seqs) {
    std::size_t const start = out.size();
    out += record_head;
    base::append_number(out, number);
    out += ",\"changes\":[";
    auto seq = seqs.begin();
    for (auto const& change : batch) {
        if (&change != &batch.front()) out += ',';
        std::visit(Visitor{
                       [&](Put const& put) {
                           out.append("{\"put\":\"").append(put.collection).append("\",\"id\":");
                           base::append_json_string(out, put.id);
                           out.append(",\"value\":").append(put.value) += '}';
                       },
                       [&](Erase const& erase) {
                           out.append("{\"erase\":\"").append(erase.collection).append("\",\"id\":");
                           base::append_json_string(out, erase.id);
                           out += '}';
                       },
                       [&](AppendMessage const& append) {
                           append_message(out, "{\"message\":\"", append.room.value, *seq++, append.body);
                       },
                       [&](ReplaceMessage const& replace) {
                           append_message(out, "{\"replace\":\"", replace.room.value, replace.seq, replace.body);
                       },
                       [&](EraseMessages const& erase) {
                           out.append("{\"erase_messages\":\"").append(erase.room.value).append("\"}");
                       },
                       [&](AppendLog const& append) {
                           out.append("{\"log\":\"").append(append.log).append("\",\"line\":").append(append.line) +=
                               '}';
                       },
                   },
                   change);
    }
    out += ']';
    seal_line(out, start);
}

std::optional<Record> parse_record(std::string_view opened) {
    Record record;
    base::JsonReader reader{opened};
    reader.expect(record_head);
    record.number = reader.number();
    reader.expect(",\"changes\":[");
    while (reader.ok() && !reader.next_is("]")) {
        if (!record.batch.empty()) reader.expect(",");
        record.batch.push_back(read_change(reader, record.seqs));
        reader.expect("}");
    }
    reader.expect("]");
    if (!reader.ok() || !reader.at_end()) return std::nullopt;
    bool const has_places = std::find(record.seqs.begin(), record.seqs.end(), Seq{0}) == record.seqs.end();
    if (!has_places || !std::all_of(record.batch.begin(), record.batch.end(), has_good_names)) return std::nullopt;
    return record;
}

}  // namespace soyuz::store

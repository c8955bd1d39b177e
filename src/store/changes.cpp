#include "store/changes.hpp"

#include <algorithm>

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

/// Names become files: what was read is held to the same as what is written, however right its checksum is.
bool has_good_names(Change const& change) {
    return std::visit(
        [](auto const& one) {
            if constexpr (requires { one.room; }) {
                return is_room_name(one.room.value);
            } else if constexpr (requires { one.log; }) {
                return is_plain_name(one.log);
            } else {
                return is_plain_name(one.collection) && is_document_id(one.id);
            }
        },
        change);
}

bool can_be_stored(Change const& change) {
    auto const* const text = text_of(change);
    if (!has_good_names(change) || (text != nullptr && !base::is_object_on_a_line(*text))) return false;
    return !std::holds_alternative<AppendLog>(change) || !base::is_empty_object(*text);
}

bool has_no_place(Change const& change) {
    auto const* const replace = std::get_if<ReplaceMessage>(&change);
    return replace != nullptr && replace->seq == 0;
}

std::string string_after(base::JsonReader& reader, std::string_view label) {
    reader.expect(label);
    return reader.string();
}

std::string value_after(base::JsonReader& reader, std::string_view label) {
    reader.expect(label);
    return std::string{reader.value()};
}

Seq number_after(base::JsonReader& reader, std::string_view label) {
    reader.expect(label);
    return reader.number();
}

/// All of a change but its final brace. Members are read in the order in which braces list them.
Change read_change(base::JsonReader& reader, std::vector<Seq>& seqs) {
    if (reader.skip("{\"put\":"))
        return Put{reader.string(), string_after(reader, ",\"id\":"), value_after(reader, ",\"value\":")};
    if (reader.skip("{\"erase\":")) return Erase{reader.string(), string_after(reader, ",\"id\":")};
    if (reader.skip("{\"erase_messages\":")) return EraseMessages{RoomId{reader.string()}};
    if (reader.skip("{\"log\":")) return AppendLog{reader.string(), value_after(reader, ",\"line\":")};
    bool const is_new = reader.skip("{\"message\":");
    if (!is_new) reader.expect("{\"replace\":");
    ReplaceMessage message{RoomId{reader.string()}, number_after(reader, ",\"seq\":"),
                           value_after(reader, ",\"body\":")};
    if (!is_new) return message;
    seqs.push_back(message.seq);
    return AppendMessage{std::move(message.room), std::move(message.body)};
}

}  // namespace

bool is_plain_name(std::string_view name) {
    return !name.empty() && name.size() <= max_name && std::all_of(name.begin(), name.end(), is_letter);
}

bool is_room_name(std::string_view name) {
    return !name.empty() && name.size() <= max_name && std::all_of(name.begin(), name.end(), is_room_character);
}

std::string const* text_of(Change const& change) {
    return std::visit(
        [](auto const& one) -> std::string const* {
            if constexpr (requires { one.body; }) {
                return &one.body;
            } else if constexpr (requires { one.value; }) {
                return &one.value;
            } else if constexpr (requires { one.line; }) {
                return &one.line;
            } else {
                return nullptr;
            }
        },
        change);
}

base::Result<void> check_batch(Batch const& batch) {
    if (!std::all_of(batch.begin(), batch.end(), can_be_stored)) {
        return base::Error{base::Code::bad_request, "This can't be stored: it is not a JSON object on one line."};
    }
    return {};
}

void append_record(std::string& out, std::uint64_t number, Batch const& batch, std::vector<Seq> const& seqs) {
    std::size_t const start = out.size();
    auto seq = seqs.begin();
    base::JsonWriter json{out};
    auto const message = [&](std::string_view kind, RoomId const& room, Seq place, std::string const& body) {
        json(kind, room), json("seq", place), json.raw("body", body);
    };
    Visitor const print{
        [&](Put const& one) { json("put", one.collection), json("id", one.id), json.raw("value", one.value); },
        [&](Erase const& one) { json("erase", one.collection), json("id", one.id); },
        [&](AppendMessage const& one) { message("message", one.room, *seq++, one.body); },
        [&](ReplaceMessage const& one) { message("replace", one.room, one.seq, one.body); },
        [&](EraseMessages const& one) { json("erase_messages", one.room); },
        [&](AppendLog const& one) { json("log", one.log), json.raw("line", one.line); },
    };
    json.object([&] {
        json("n", number);
        json.array("changes", [&] {
            for (auto const& change : batch) json.object([&] { std::visit(print, change); });
        });
    });
    out.pop_back();  // the brace that comes with the seal
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
    bool const has_places = std::find(record.seqs.begin(), record.seqs.end(), Seq{0}) == record.seqs.end() &&
                            std::none_of(record.batch.begin(), record.batch.end(), has_no_place);
    if (!has_places || !std::all_of(record.batch.begin(), record.batch.end(), has_good_names)) return std::nullopt;
    return record;
}

}  // namespace soyuz::store

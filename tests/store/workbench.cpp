#include "store/workbench.hpp"

#include <ostream>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "base/random.hpp"

namespace soyuz::store::test {

void Model::apply(Batch const& batch) {
    std::vector<Seq> seqs;
    std::map<std::string, Seq> last = last_;
    for (auto const& change : batch) {
        if (auto const* append = std::get_if<AppendMessage>(&change)) seqs.push_back(++last[append->room.value]);
        if (auto const* forget = std::get_if<EraseMessages>(&change)) last[forget->room.value] = 0;
    }
    apply(batch, seqs);
}

void Model::apply(Batch const& batch, std::vector<Seq> const& seqs) {
    auto seq = seqs.begin();
    for (auto const& change : batch) {
        if (auto const* put = std::get_if<Put>(&change)) {
            contents_.documents[put->collection][put->id] = put->value;
        } else if (auto const* erase = std::get_if<Erase>(&change)) {
            contents_.documents[erase->collection].erase(erase->id);
            if (contents_.documents[erase->collection].empty()) contents_.documents.erase(erase->collection);
        } else if (auto const* append = std::get_if<AppendMessage>(&change)) {
            auto const& room = append->room.value;
            if (*seq <= last_[room]) contents_.messages.erase(room);
            contents_.messages[room][*seq] = append->body;
            last_[room] = *seq++;
        } else if (auto const* replace = std::get_if<ReplaceMessage>(&change)) {
            contents_.messages[replace->room.value][replace->seq] = replace->body;
            last_[replace->room.value] = std::max(last_[replace->room.value], replace->seq);
        } else if (auto const* forget = std::get_if<EraseMessages>(&change)) {
            contents_.messages.erase(forget->room.value);
            last_.erase(forget->room.value);
        } else if (auto const* line = std::get_if<AppendLog>(&change)) {
            contents_.logs[line->log].push_back(line->line);
        }
    }
}

Seq Model::last(std::string const& room) const {
    auto const found = last_.find(room);
    return found == last_.end() ? 0 : found->second;
}

Contents read_contents(Store const& store) {
    Contents contents;
    for (auto const& collection : test_collections) {
        store.each_document(collection, [&](std::string const& id, nlohmann::json const& value) {
            contents.documents[collection][id] = value.dump();
        });
    }
    for (auto const& room : test_rooms) {
        auto const read = store.messages(RoomId{room}, 1, UINT64_MAX);
        REQUIRE(read.ok());
        for (auto const& stored : *read) contents.messages[room][stored.seq] = stored.body;
    }
    for (auto const& log : test_logs) {
        auto lines = store.log_tail(log, SIZE_MAX);
        if (!lines.empty()) contents.logs[log] = std::move(lines);
    }
    return contents;
}

std::ostream& operator<<(std::ostream& out, Contents const& contents) {
    for (auto const& [collection, documents] : contents.documents) {
        for (auto const& [id, value] : documents) out << collection << ' ' << id << ' ' << value << '\n';
    }
    for (auto const& [room, messages] : contents.messages) {
        for (auto const& [seq, body] : messages) out << room << ' ' << seq << ' ' << body << '\n';
    }
    for (auto const& [log, lines] : contents.logs) {
        for (auto const& line : lines) out << log << ' ' << line << '\n';
    }
    return out;
}

base::Clock const& test_clock() {
    static base::ManualClock clock;
    return clock;
}

Opening try_open(Files& files, Options options, Tuning tuning) {
    base::log::set_level("off");  // faults are what these tests are about
    if (options.folder.empty()) options.folder = "/data";
    // Checkpoints happen when a test asks for them.
    if (options.checkpoint_interval == Options{}.checkpoint_interval)
        options.checkpoint_interval = std::chrono::hours{1};
    return LocalStore::open(std::move(options), test_clock(), files, tuning);
}

std::unique_ptr<Store> open_store(Files& files, Options options, Tuning tuning) {
    auto opened = try_open(files, std::move(options), tuning);
    if (auto const* failure = std::get_if<OpenFailure>(&opened)) FAIL(failure->message);
    return std::move(std::get<std::unique_ptr<Store>>(opened));
}

TemporaryFolder::TemporaryFolder() : path(std::filesystem::temp_directory_path() / ("store-" + base::random_token(9))) {
    std::filesystem::create_directory(path);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
}

std::unique_ptr<Store> open_folder(std::filesystem::path const& folder) {
    Options options;
    options.folder = folder;
    return open_store(system_files(), options);
}

AppendMessage message(std::string const& room, std::string const& text) {
    return {RoomId{room}, R"({"text":")" + text + R"("})"};
}

unsigned History::number(unsigned below) {
    random_ = random_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return static_cast<unsigned>(random_ >> 33U) % below;
}

Batch History::next(Model const& model) {
    std::map<std::string, Seq> last;
    for (auto const& room : test_rooms) last[room] = model.last(room);
    Batch batch;
    for (auto size = 1 + number(3); size > 0; --size) batch.push_back(change(model, last));
    return batch;
}

Change History::change(Model const&, std::map<std::string, Seq>& last) {
    auto const& room = test_rooms[number(2)];
    auto const stamp = std::to_string(++count_);
    auto const text = stamp + std::string(number(40), 'x');
    switch (number(12)) {
        case 0:
        case 1:
            return Put{test_collections[number(2)], "id" + std::to_string(number(5)), R"({"name":")" + text + R"("})"};
        case 2: return Erase{test_collections[number(2)], "id" + std::to_string(number(5))};
        case 3:
        case 4: return AppendLog{test_logs[number(2)], R"({"line":")" + text + R"("})"};
        case 5:
        case 6:
            if (last[room] == 0) break;
            return ReplaceMessage{RoomId{room}, 1 + number(static_cast<unsigned>(last[room])),
                                  R"({"edited":")" + text + R"("})"};
        case 7:
            if (number(4) != 0) break;
            last[room] = 0;
            return EraseMessages{RoomId{room}};
        default: break;
    }
    ++last[room];
    return message(room, text);
}

}  // namespace soyuz::store::test

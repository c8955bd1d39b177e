#include "search/index_file.hpp"

#include <system_error>

namespace soyuz::search {

namespace {

// Another one has the index made anew: whenever what stands under which term changes.
constexpr std::int64_t version = 1;

constexpr auto anew_table = "words_anew";

std::string create(std::string const& table) {
    return "CREATE VIRTUAL TABLE " + table +
           " USING fts5(terms, content='', detail=none, columnsize=0, tokenize='spaces')";
}

}  // namespace

std::string words_table(std::size_t shard) { return "words_" + std::to_string(shard); }

IndexFile::IndexFile(std::filesystem::path const& path) : database_(path, Database::Mode::write) {
    database_.run(
        "CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL);"
        "CREATE TABLE IF NOT EXISTS rooms(number INTEGER PRIMARY KEY, id TEXT NOT NULL);"
        "CREATE TABLE IF NOT EXISTS shards(number INTEGER PRIMARY KEY, blocks BLOB NOT NULL)");
}

void IndexFile::discard(std::filesystem::path const& path) {
    if (path.empty()) return;
    std::error_code ignored;
    for (auto const* const ending : {"", "-wal", "-shm", "-journal"})
        std::filesystem::remove(path.string() + ending, ignored);
}

bool IndexFile::load(Catalogue& catalogue) {
    Database::Statement meta{database_, "SELECT value FROM meta WHERE name = 'version'"};
    if (!meta.step()) {
        database_.run("INSERT INTO meta VALUES('version', " + std::to_string(version) + ")");
        return true;
    }
    if (meta.number(0) != version) return false;
    Database::Statement rooms{database_, "SELECT number, id FROM rooms ORDER BY number"};
    while (rooms.step()) {
        auto const number = catalogue.number_of(base::RoomId{std::string{rooms.text(1)}});
        if (number != static_cast<std::uint32_t>(rooms.number(0))) return false;
    }
    kept_rooms_ = catalogue.rooms();
    Database::Statement shards{database_, "SELECT number, blocks FROM shards ORDER BY number"};
    while (shards.step()) {
        if (shards.number(0) != static_cast<std::int64_t>(catalogue.shards())) return false;
        if (!catalogue.unpack(shards.bytes(1))) return false;
    }
    return true;
}

std::optional<std::uint64_t> IndexFile::take_closed_at() {
    std::optional<std::uint64_t> number;
    {
        Database::Statement closed{database_, "SELECT value FROM meta WHERE name = 'closed_at'"};
        if (closed.step()) number = static_cast<std::uint64_t>(closed.number(0));
    }
    if (number) database_.run("DELETE FROM meta WHERE name = 'closed_at'");
    return number;
}

void IndexFile::set_closed_at(std::uint64_t number) {
    database_.run("INSERT OR REPLACE INTO meta VALUES('closed_at', " + std::to_string(number) + ")");
}

bool IndexFile::has_words(std::size_t shard) {
    Database::Statement table{database_, "SELECT 1 FROM sqlite_master WHERE name = ?1"};
    return table.bind(1, words_table(shard)).step();
}

void IndexFile::each_term(std::size_t shard, std::function<void(std::string_view)> const& visit) {
    database_.run("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', '" + words_table(shard) + "', 'row')");
    {
        Database::Statement terms{database_, "SELECT term FROM temp.terms"};
        while (terms.step()) visit(terms.text(0));
    }
    database_.run("DROP TABLE temp.terms");
}

void IndexFile::keep_rooms(Catalogue const& catalogue) {
    for (; kept_rooms_ < catalogue.rooms(); ++kept_rooms_) {
        Database::Statement room{database_, "INSERT OR REPLACE INTO rooms VALUES(?1, ?2)"};
        room.bind(1, static_cast<std::int64_t>(kept_rooms_));
        room.bind(2, catalogue.room(static_cast<std::uint32_t>(kept_rooms_)).value);
        room.step();
    }
}

void IndexFile::keep_blocks(Catalogue const& catalogue, std::size_t shard) {
    Database::Statement blocks{database_, "INSERT OR REPLACE INTO shards VALUES(?1, ?2)"};
    blocks.bind(1, static_cast<std::int64_t>(shard)).bind_bytes(2, catalogue.pack(shard)).step();
}

void IndexFile::insert(std::string const& table, std::vector<Row> const& rows) {
    Database::Statement row{database_, "INSERT INTO " + table + "(rowid, terms) VALUES(?1, ?2)"};
    for (auto const& each : rows) {
        if (each.terms.empty()) continue;
        row.bind(1, static_cast<std::int64_t>(each.block) + 1).bind(2, each.terms).step();
        row.reset();
    }
}

void IndexFile::add(Catalogue const& catalogue, std::size_t shard, std::vector<Row> const& rows) {
    auto const kept = kept_rooms_;
    try {
        Database::Transaction transaction{database_};
        if (!has_words(shard)) database_.run(create(words_table(shard)));
        insert(words_table(shard), rows);
        keep_rooms(catalogue);
        keep_blocks(catalogue, shard);
        transaction.commit();
    } catch (...) {
        kept_rooms_ = kept;
        throw;
    }
}

void IndexFile::begin_anew() {
    database_.run(std::string{"DROP TABLE IF EXISTS "} + anew_table + ";" + create(anew_table));
}

void IndexFile::add_anew(std::vector<Row> const& rows) {
    Database::Transaction transaction{database_};
    insert(anew_table, rows);
    transaction.commit();
}

void IndexFile::merge_anew() {
    database_.run(std::string{"INSERT INTO "} + anew_table + "(" + anew_table + ") VALUES('optimize')");
}

void IndexFile::finish_anew(Catalogue const& catalogue, std::size_t shard) {
    auto const table = words_table(shard);
    Database::Transaction transaction{database_};
    database_.run("DROP TABLE IF EXISTS " + table);
    database_.run(std::string{"ALTER TABLE "} + anew_table + " RENAME TO " + table);
    keep_blocks(catalogue, shard);
    transaction.commit();
}

void IndexFile::drop_words(std::size_t shard) { database_.run("DROP TABLE IF EXISTS " + words_table(shard)); }

void IndexFile::optimise(std::size_t shard) {
    auto const table = words_table(shard);
    database_.run("INSERT INTO " + table + "(" + table + ") VALUES('optimize')");
}

bool IndexFile::settle() {
    Database::Statement checkpoint{database_, "PRAGMA wal_checkpoint(TRUNCATE)"};
    return checkpoint.step() && checkpoint.number(0) == 0;
}

}  // namespace soyuz::search

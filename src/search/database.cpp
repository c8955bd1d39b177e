#include "search/database.hpp"

#include <sqlite3.h>

#include "search/space_tokenizer.hpp"

namespace soyuz::search {

Database::Database(std::filesystem::path const& path, Mode mode) {
    int const flags =
        mode == Mode::read && !path.empty() ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    auto const name = path.empty() ? std::string{":memory:"} : path.string();
    if (::sqlite3_open_v2(name.c_str(), &connection_, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, nullptr) !=
        SQLITE_OK) {
        std::string const why = connection_ != nullptr ? ::sqlite3_errmsg(connection_) : "no memory";
        ::sqlite3_close(connection_);
        throw DatabaseFailure(why);
    }
    try {
        ::sqlite3_busy_timeout(connection_, 2'000);
        ::sqlite3_db_config(connection_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
        ::sqlite3_db_config(connection_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
        add_space_tokenizer(connection_);
        if (mode == Mode::write) {
            // Erased texts are overwritten with zeros, in the file and in what is written ahead of it.
            run("PRAGMA secure_delete=ON");
            if (!path.empty()) run("PRAGMA journal_mode=WAL");
            run("PRAGMA synchronous=NORMAL");
        }
        run("PRAGMA cache_size=-4000");
    } catch (...) {
        ::sqlite3_close(connection_);
        throw;
    }
}

Database::~Database() { ::sqlite3_close(connection_); }

void Database::check(int outcome) const {
    if (outcome == SQLITE_OK || outcome == SQLITE_ROW || outcome == SQLITE_DONE) return;
    throw DatabaseFailure(::sqlite3_errmsg(connection_));
}

void Database::run(std::string const& sql) {
    check(::sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr));
}

Database::Statement::Statement(Database& database, std::string const& sql) : database_(database) {
    database_.check(
        ::sqlite3_prepare_v2(database_.connection_, sql.c_str(), static_cast<int>(sql.size()), &statement_, nullptr));
}

Database::Statement::~Statement() { ::sqlite3_finalize(statement_); }

Database::Statement& Database::Statement::bind(int place, std::int64_t value) {
    database_.check(::sqlite3_bind_int64(statement_, place, value));
    return *this;
}

Database::Statement& Database::Statement::bind(int place, std::string_view text) {
    database_.check(
        ::sqlite3_bind_text(statement_, place, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT));
    return *this;
}

Database::Statement& Database::Statement::bind_bytes(int place, std::string_view bytes) {
    database_.check(
        ::sqlite3_bind_blob(statement_, place, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT));
    return *this;
}

bool Database::Statement::step() {
    int const outcome = ::sqlite3_step(statement_);
    database_.check(outcome);
    return outcome == SQLITE_ROW;
}

void Database::Statement::reset() {
    ::sqlite3_reset(statement_);
    ::sqlite3_clear_bindings(statement_);
}

std::int64_t Database::Statement::number(int column) const { return ::sqlite3_column_int64(statement_, column); }

std::string_view Database::Statement::text(int column) const { return bytes(column); }

std::string_view Database::Statement::bytes(int column) const {
    auto const* const data = static_cast<char const*>(::sqlite3_column_blob(statement_, column));
    auto const size = static_cast<std::size_t>(::sqlite3_column_bytes(statement_, column));
    return data == nullptr ? std::string_view{} : std::string_view{data, size};
}

Database::Transaction::~Transaction() {
    if (!is_open_) return;
    try {
        database_.run("ROLLBACK");
    } catch (DatabaseFailure const&) {
        // SQLite has rolled it back by itself.
    }
}

void Database::Transaction::commit() {
    database_.run("COMMIT");
    is_open_ = false;
}

}  // namespace soyuz::search

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace soyuz::search {

/// What SQLite says when it can't.
struct DatabaseFailure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One connection to the file of the index. Not thread-safe; every call may throw DatabaseFailure.
class Database {
public:
    enum class Mode { write, read };
    /// An empty path is a database in memory.
    Database(std::filesystem::path const& path, Mode mode);
    ~Database();
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;

    void run(std::string const& sql);

    class Statement {
    public:
        Statement(Database& database, std::string const& sql);
        ~Statement();
        Statement(Statement const&) = delete;
        Statement& operator=(Statement const&) = delete;

        Statement& bind(int place, std::int64_t value);
        Statement& bind(int place, std::string_view text);
        Statement& bind_bytes(int place, std::string_view bytes);
        bool step();   ///< is there a row?
        void reset();  ///< to be run again
        std::int64_t number(int column) const;
        std::string_view text(int column) const;
        std::string_view bytes(int column) const;

    private:
        Database& database_;
        sqlite3_stmt* statement_ = nullptr;
    };

    /// Has what follows written together, or not at all where `commit` isn't reached.
    class Transaction {
    public:
        explicit Transaction(Database& database) : database_(database) { database_.run("BEGIN IMMEDIATE"); }
        ~Transaction();
        Transaction(Transaction const&) = delete;
        Transaction& operator=(Transaction const&) = delete;
        void commit();

    private:
        Database& database_;
        bool is_open_ = true;
    };

private:
    void check(int outcome) const;

    sqlite3* connection_ = nullptr;
};

}  // namespace soyuz::search

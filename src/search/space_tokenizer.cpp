#include "search/space_tokenizer.hpp"

#include <cstring>

#include <sqlite3.h>

#include "search/database.hpp"

namespace soyuz::search {

namespace {

// FTS5 wants an object for each table; this one has no state.
Fts5Tokenizer* the_tokenizer() {
    static char state = 0;
    return reinterpret_cast<Fts5Tokenizer*>(&state);
}

int make(void*, char const**, int, Fts5Tokenizer** made) {
    *made = the_tokenizer();
    return SQLITE_OK;
}

void unmake(Fts5Tokenizer*) {}

int tokenize(Fts5Tokenizer*, void* context, int, char const* text, int size,
             int (*take)(void*, int, char const*, int, int, int)) {
    for (int from = 0; from < size;) {
        auto const* const space =
            static_cast<char const*>(std::memchr(text + from, ' ', static_cast<std::size_t>(size - from)));
        int const end = space == nullptr ? size : static_cast<int>(space - text);
        if (end > from) {
            int const outcome = take(context, 0, text + from, end - from, from, end);
            if (outcome != SQLITE_OK) return outcome;
        }
        from = end + 1;
    }
    return SQLITE_OK;
}

}  // namespace

void add_space_tokenizer(sqlite3* connection) {
    fts5_api* api = nullptr;
    sqlite3_stmt* statement = nullptr;
    if (::sqlite3_prepare_v2(connection, "SELECT fts5(?1)", -1, &statement, nullptr) == SQLITE_OK) {
        ::sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", nullptr);
        ::sqlite3_step(statement);
    }
    ::sqlite3_finalize(statement);
    static fts5_tokenizer const functions{make, unmake, tokenize};
    auto mine = functions;
    if (api == nullptr || api->xCreateTokenizer(api, "spaces", nullptr, &mine, nullptr) != SQLITE_OK)
        throw DatabaseFailure("this SQLite has no FTS5");
}

}  // namespace soyuz::search

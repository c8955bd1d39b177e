#pragma once

struct sqlite3;

namespace soyuz::search {

/// Gives a connection the tokenizer `spaces`: terms come folded, parted by single spaces, and are taken as they are.
/// Throws DatabaseFailure where SQLite has no FTS5.
void add_space_tokenizer(sqlite3* connection);

}  // namespace soyuz::search

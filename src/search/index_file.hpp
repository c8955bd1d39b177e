#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "search/catalogue.hpp"
#include "search/database.hpp"
#include "search/vocabulary.hpp"

namespace soyuz::search {

/// The tables of the index, as one thread writes them (docs/search.md). Every call may throw DatabaseFailure.
///
/// A shard has an FTS5 table whose rows are blocks and whose text are their terms. Such a table can't forget: what is
/// erased or edited has the table of its shard written anew.
class IndexFile {
public:
    explicit IndexFile(std::filesystem::path const& path);

    /// Removes the file and what SQLite keeps beside it.
    static void discard(std::filesystem::path const& path);

    /// False where the tables are of another version, or not whole: then they are not to be used.
    bool load(Catalogue& catalogue);
    /// The record of the journal that the index stood at when it was closed in order; nothing where it was not.
    std::optional<std::uint64_t> take_closed_at();
    void set_closed_at(std::uint64_t number);

    bool has_words(std::size_t shard);
    void each_term(std::size_t shard, std::function<void(std::string_view)> const& visit);

    struct Row {
        std::size_t block = 0;
        std::string terms;  ///< parted by spaces
    };
    /// Adds rows to a shard, makes its table where there is none, and keeps the shard's blocks and new rooms.
    void add(Catalogue const& catalogue, std::size_t shard, std::vector<Row> const& rows);
    /// Writes a table anew beside the one of the shard: `begin_anew`, then `add_anew` as often as needed, then
    /// `merge_anew` and `finish_anew`, with which it takes its place.
    void begin_anew();
    void add_anew(std::vector<Row> const& rows);
    void merge_anew();
    void finish_anew(Catalogue const& catalogue, std::size_t shard);
    /// Takes the table away at once; it is missing then.
    void drop_words(std::size_t shard);
    /// Merges what was added piece by piece.
    void optimise(std::size_t shard);
    /// Empties what is written ahead of the file, so that nothing erased is left in it. False where a reader is in the
    /// way.
    bool settle();

private:
    void keep_rooms(Catalogue const& catalogue);
    void keep_blocks(Catalogue const& catalogue, std::size_t shard);
    void insert(std::string const& table, std::vector<Row> const& rows);

    Database database_;
    std::size_t kept_rooms_ = 0;
};

std::string words_table(std::size_t shard);

}  // namespace soyuz::search

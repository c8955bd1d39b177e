#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "web/files/stored_file.hpp"

namespace soyuz::web {

/// Files that people sent, under names that the server chose: "<two characters>/<name>". Thread-safe; blocks on the
/// disk.
class Uploads {
public:
    /// `reserve`: bytes of the disk that uploads leave free.
    explicit Uploads(std::filesystem::path folder, std::uint64_t reserve = 0);

    /// Writes a file, and returns its name once it is durable: for an attachment, the name starts with the room's id,
    /// so that a look-up knows who may read it. `ending` with its dot. Errors: read_only.
    base::Result<std::string> write(std::string_view content, std::string_view ending,
                                    base::RoomId const& room = {}) const;
    /// Null where there is no such file.
    std::shared_ptr<StoredFile const> open(std::string_view name) const;
    void remove(std::string_view name) const;
    /// Removes all attachments of a room.
    void remove_of(base::RoomId const& room) const;
    using Visit = std::function<bool(std::string const& name)>;
    /// Calls `visit` with the name of each file that was written longer than `age` ago; until it returns false.
    void each_older(std::chrono::seconds age, Visit const& visit) const;
    /// The same of each that was written less than `age` ago.
    void each_younger(std::chrono::seconds age, Visit const& visit) const;

    /// The room of an attachment; empty for an avatar.
    static base::RoomId room_of(std::string_view name);
    /// Could `name` have come from `write`?
    static bool is_name(std::string_view name);

private:
    using WrittenAt = std::filesystem::file_time_type;
    void each(std::function<bool(WrittenAt)> const& is_wanted, Visit const& visit) const;
    bool has_room_for(std::uint64_t bytes) const;

    std::filesystem::path const folder_;
    std::uint64_t const reserve_;
};

/// What a file is by its first bytes, whatever it is called.
struct FileKind {
    std::string type;  ///< application/octet-stream where nothing safe is known
    std::string ending;
    bool is_image = false;  ///< may be shown in a page
};
FileKind recognise(std::string_view content);
/// The same of a file that is stored already: `write` was given the ending that `recognise` found.
FileKind kind_of_stored(std::string_view name);

}  // namespace soyuz::web

#include "store/restore.hpp"

#include "store/archive.hpp"
#include "store/check.hpp"

namespace soyuz::store {
namespace {

using base::Code;
using base::Error;

/// A folder that is filled beside its place and then renamed; what was not put in place goes with this.
class Staging {
public:
    explicit Staging(std::filesystem::path const& place) : place_(place.lexically_normal()) {
        if (place_.empty()) return;
        if (!place_.has_filename()) place_ = place_.parent_path();
        beside_ = place_.string() + ".restoring";
        clear();
    }
    ~Staging() { clear(); }
    Staging(Staging const&) = delete;
    Staging& operator=(Staging const&) = delete;

    std::filesystem::path const& beside() const { return beside_; }
    bool is_filled() const {
        std::error_code ignored;
        return !beside_.empty() && std::filesystem::exists(beside_, ignored);
    }
    /// 0 or a negated errno.
    int put_in_place() {
        if (int const error = system_files().rename(beside_, place_); error < 0) return error;
        return system_files().sync_folder(place_.has_parent_path() ? place_.parent_path() : std::filesystem::path{"."});
    }

private:
    void clear() {
        std::error_code ignored;
        if (!beside_.empty()) std::filesystem::remove_all(beside_, ignored);
    }

    std::filesystem::path place_, beside_;
};

Error not_put(int error) { return {Code::internal, "The folder can't be put in place: " + error_text(error)}; }

bool is_empty_or_absent(std::filesystem::path const& folder) {
    std::error_code error;
    if (!std::filesystem::exists(folder, error)) return !error;
    return std::filesystem::is_directory(folder, error) && std::filesystem::is_empty(folder, error) && !error;
}

}  // namespace

base::Result<void> restore(std::filesystem::path const& tar, std::filesystem::path const& folder,
                           std::filesystem::path const& uploads) {
    auto const taken = [](std::filesystem::path const& place) {
        return Error{Code::conflict, "The folder " + place.string() + " is not empty; nothing was restored."};
    };
    if (!is_empty_or_absent(folder)) return taken(folder);
    // Unpacked beside their places, so that half restored folders never look like whole ones.
    Staging data{folder};
    Staging files{uploads};
    if (int const made = ensure_folder(system_files(), data.beside()); made < 0) {
        return Error{Code::internal, "The folder can't be made: " + error_text(made)};
    }
    if (auto read = read_archive(tar, data.beside(), files.beside()); !read) return read;
    if (auto const report = check(data.beside()); report.state == Report::State::damaged) {
        return Error{Code::bad_request, "The backup is damaged: " + report.lines.front()};
    }
    if (files.is_filled() && !is_empty_or_absent(uploads)) return taken(uploads);
    // The data folder comes last: once it is there, all is.
    if (files.is_filled())
        if (int const failed = files.put_in_place(); failed < 0) return not_put(failed);
    if (int const failed = data.put_in_place(); failed < 0) return not_put(failed);
    return {};
}

}  // namespace soyuz::store

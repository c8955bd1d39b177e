#pragma once

#include <filesystem>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/manual_clock.hpp"
#include "store/commit_later.hpp"
#include "store/local_store.hpp"
#include "store/memory_files.hpp"

namespace soyuz::store::test {

/// Everything that can be read out of a store.
struct Contents {
    std::map<std::string, std::map<std::string, std::string>> documents;
    std::map<std::string, std::map<Seq, std::string>> messages;
    std::map<std::string, std::vector<std::string>> logs;
    bool operator==(Contents const&) const = default;
};

/// What a store must hold, by applying batches in order.
class Model {
public:
    void apply(Batch const& batch);

    /// With the places that the store gave, where an earlier batch may be missing.
    void apply(Batch const& batch, std::vector<Seq> const& seqs);
    Contents const& contents() const { return contents_; }
    Seq last(std::string const& room) const;

private:
    Contents contents_;
    std::map<std::string, Seq> last_;
};

inline std::vector<std::string> const test_rooms{"lobby", "den"};
inline std::vector<std::string> const test_collections{"users", "rooms"};
inline std::vector<std::string> const test_logs{"spam_log", "audit_log"};

Contents read_contents(Store const& store);
std::ostream& operator<<(std::ostream& out, Contents const& contents);

/// As a program would have it, but without the search for damage that follows a start, so that tests know what is read.
inline Tuning quiet() {
    Tuning tuning;
    tuning.searches_for_damage = false;
    return tuning;
}

using Opening = std::variant<std::unique_ptr<Store>, OpenFailure>;
Opening try_open(Files& files, Options options = {}, Tuning tuning = quiet());

/// Opens /data on `files`, and fails the test if that fails.
std::unique_ptr<Store> open_store(Files& files, Options options = {}, Tuning tuning = quiet());

/// A folder that goes with the test.
struct TemporaryFolder {
    std::filesystem::path const path;
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;
};

/// Opens a folder of the real disk.
std::unique_ptr<Store> open_folder(std::filesystem::path const& folder);

base::Clock const& test_clock();

AppendMessage message(std::string const& room, std::string const& text);

/// Makes batches at random, but the same for the same seed; `model` knows what is there.
class History {
public:
    explicit History(unsigned seed) : random_(seed) {}
    Batch next(Model const& model);

private:
    unsigned number(unsigned below);
    Change change(Model const& model, std::map<std::string, Seq>& last);

    std::uint64_t random_;
    unsigned count_ = 0;
};

}  // namespace soyuz::store::test

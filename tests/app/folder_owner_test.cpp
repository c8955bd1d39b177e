#include "app/offline/folder_owner.hpp"

#include <filesystem>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "app/failure.hpp"
#include "base/ids.hpp"

using namespace soyuz;
namespace fs = std::filesystem;

namespace {

constexpr uid_t somebody = 65534;

struct Place {
    fs::path const root = fs::temp_directory_path() / ("soyuz-owner-" + base::random_id());

    Place() { fs::create_directories(root); }
    ~Place() { fs::remove_all(root); }

    void make(char const* folder, uid_t user) const {
        fs::create_directories(root / folder);
        REQUIRE(::chown((root / folder).c_str(), user, user) == 0);
    }
    void link(char const* at, fs::path const& target, uid_t user) const {
        fs::create_directory_symlink(target, root / at);
        REQUIRE(::lchown((root / at).c_str(), user, user) == 0);
    }
    /// The owner's number; 0 for none but the superuser.
    uid_t owner_of(std::string const& path) const {
        auto const owner = app::first_owner_beside_root(root / path);
        if (owner) CHECK(owner->group == owner->user);
        return owner ? owner->user : 0;
    }
};

}  // namespace

TEST_CASE("the first owner beside root on the way to a folder is who a command becomes") {
    if (::geteuid() != 0) return;
    Place const place;
    place.make("roots/data", 0);
    place.make("service", somebody);
    place.make("service/data", somebody);
    place.make("service/roots", 0);
    place.make("var/service", somebody);
    place.link("service/away", place.root / "roots", somebody);
    place.link("roots/link", place.root / "service", 0);
    place.link("roots/own", "data", 0);
    place.link("roots/round", "round", 0);
    for (auto const& [path, owner] : {
             std::pair{"roots/data", uid_t{0}},
             {"service", somebody},
             {"service/data", somebody},
             // What is not there yet is made by whoever owns the folder above.
             {"service/new/data", somebody},
             {"new/data", 0},
             {"var/service/data", somebody},
             // A folder of root's in one of somebody's: it may be another one the next moment.
             {"service/roots", somebody},
             // Somebody's links, with a slash behind them or more, lead nowhere that somebody couldn't go.
             {"service/away", somebody},
             {"service/away/", somebody},
             {"service/away/.", somebody},
             {"service/away/data", somebody},
             {"service/away/../roots/data", somebody},
             // Root's own are followed.
             {"roots/link", somebody},
             {"roots/link/data", somebody},
             {"roots/own", 0},
             {"roots/own/../../service", somebody},
         }) {
        INFO(path);
        CHECK(place.owner_of(path) == owner);
    }
    CHECK_THROWS_AS(place.owner_of("roots/round"), app::Failure);
}

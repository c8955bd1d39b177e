#pragma once

#include "dialects/rest/routes.hpp"
#include "web/house.hpp"

namespace soyuz::web::testing {

/// A site with the routes of clients of other families.
inline SiteOptions with_families(bool rate_limits = false) {
    SiteOptions options;
    options.rate_limits = rate_limits;
    options.more_routes = dialects::add_rest_routes;
    return options;
}

}  // namespace soyuz::web::testing

#include "net/websocket_extensions.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace soyuz::net;

namespace {

HttpRequest offering(std::vector<std::string> const& values) {
    HttpRequest request;
    for (auto const& value : values) request.headers.emplace_back("sec-websocket-extensions", value);
    return request;
}

/// The answer, "none" where nothing is agreed on, "malformed" where the grammar is broken.
std::string answer_to(std::vector<std::string> const& values) {
    auto const extensions = negotiate_extensions(offering(values));
    if (!extensions.well_formed) return "malformed";
    return extensions.compression ? agreement(*extensions.compression) : "none";
}

std::string const plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

}  // namespace

TEST_CASE("the first offer of permessage-deflate that can be met is accepted, without context takeover") {
    for (auto const& [offer, answer] : std::vector<std::pair<std::string, std::string>>{
             {"permessage-deflate", plain},
             {"Permessage-Deflate", plain},
             {"permessage-deflate; client_max_window_bits", plain},
             {"permessage-deflate; client_max_window_bits=10", plain},
             {"permessage-deflate;client_max_window_bits=\"10\"", plain},
             {"permessage-deflate; server_no_context_takeover", plain},
             {"permessage-deflate; client_no_context_takeover; server_no_context_takeover", plain},
             {"permessage-deflate; server_max_window_bits=15", plain + "; server_max_window_bits=15"},
             {"permessage-deflate; server_max_window_bits=10", plain + "; server_max_window_bits=10"},
             {"permessage-deflate; server_max_window_bits=8", plain + "; server_max_window_bits=8"},
             {"permessage-deflate ; server_max_window_bits = \"1\\2\" ", plain + "; server_max_window_bits=12"},
             {"x-webkit-deflate-frame, permessage-deflate", plain},
             {"permessage-deflate; unknown, permessage-deflate", plain},
             {"permessage-deflate; server_max_window_bits=7, permessage-deflate; server_max_window_bits=9, "
              "permessage-deflate",
              plain + "; server_max_window_bits=9"},
             {", ,permessage-deflate,", plain},
         }) {
        INFO(offer);
        CHECK(answer_to({offer}) == answer);
    }
    CHECK(answer_to({"permessage-bzip2", "permessage-deflate"}) == plain);
}

TEST_CASE("offers with parameters that are unknown, doubled or wrong are declined") {
    for (std::string const parameter :
         {"unknown", "unknown=1", "server_no_context_takeover=1", "client_no_context_takeover=true",
          "server_max_window_bits", "server_max_window_bits=7", "server_max_window_bits=16",
          "server_max_window_bits=08", "server_max_window_bits=+9", "server_max_window_bits=9x",
          "server_max_window_bits=150", "client_max_window_bits=0", "client_max_window_bits=16",
          "client_max_window_bits=09", "server_no_context_takeover; server_no_context_takeover",
          "client_max_window_bits; client_max_window_bits=10", "server_max_window_bits=9; Server_Max_Window_Bits=9"}) {
        INFO(parameter);
        CHECK(answer_to({"permessage-deflate; " + parameter}) == "none");
    }
    CHECK(answer_to({}) == "none");
    CHECK(answer_to({""}) == "none");
    CHECK(answer_to({"permessage-deflated"}) == "none");
}

TEST_CASE("what breaks the grammar of Sec-WebSocket-Extensions is told apart") {
    for (std::string const value :
         {";", "permessage-deflate;", "permessage-deflate;;", "permessage-deflate; =1", "permessage-deflate; a=",
          "permessage-deflate; a=\"", "permessage-deflate; a=\"b", "permessage-deflate; a=\"\"",
          "permessage-deflate; a=\"b c\"", "permessage-deflate x", "=permessage-deflate", "permessage-deflate, @/",
          "\"permessage-deflate\"", "permessage-deflate; a=b=c", "permessage-deflate; a=\"b\\"}) {
        INFO(value);
        CHECK(answer_to({value}) == "malformed");
        CHECK(answer_to({"permessage-deflate", value}) == "malformed");
    }
}

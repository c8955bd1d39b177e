#include "web/reach.hpp"

#include <catch2/catch.hpp>

using soyuz::web::audience_of;
using soyuz::web::name;

TEST_CASE("the host of a link says who can open it") {
    for (auto const& [url, audience] : {
             std::pair{"http://127.0.0.1:5000", "this_computer"},
             {"http://127.8.0.1", "this_computer"},
             {"http://[::1]:5000/", "this_computer"},
             {"http://localhost:5000", "this_computer"},
             {"http://chat.localhost.:5000", "this_computer"},
             {"", "this_computer"},
             {"http://192.168.1.5:5000", "network"},
             {"http://10.0.0.7", "network"},
             {"http://172.31.255.255:80", "network"},
             {"http://169.254.3.4", "network"},
             {"http://100.101.1.2", "network"},
             {"http://[fd12::1]:5000", "network"},
             {"http://[fe80::1]", "network"},
             {"http://teacher-laptop:5000", "network"},
             {"http://Teacher.LOCAL:5000/join/x", "network"},
             {"http://172.32.0.1", "everybody"},
             {"http://8.8.8.8:5000", "everybody"},
             {"http://[2606:4700::1]", "everybody"},
             {"https://chat.example.org", "everybody"},
             {"https://kind-green-river.trycloudflare.com/", "everybody"},
             {"https://local.example", "everybody"},
         }) {
        INFO(url);
        CHECK(name(audience_of(url)) == audience);
    }
}

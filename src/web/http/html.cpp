#include "web/http/html.hpp"

namespace soyuz::web {

void append_html(std::string& out, std::string_view text) {
    for (char const letter : text) {
        switch (letter) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += letter;
        }
    }
}

}  // namespace soyuz::web

#pragma once

#include <string>

#include "web/house.hpp"

/// Forms as browsers send them: multipart/form-data with the boundary "b".
namespace soyuz::web::testing {

/// The last part of a form: a file.
inline std::string multipart(std::string const& field, std::string const& file_name, std::string const& content) {
    return "--b\r\nContent-Disposition: form-data; name=\"" + field + "\"; filename=\"" + file_name +
           "\"\r\nContent-Type: text/html\r\n\r\n" + content + "\r\n--b--\r\n";
}

/// A part before it.
inline std::string field(std::string const& name, std::string const& value) {
    return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}

inline Headers const multipart_type{{"Content-Type", "multipart/form-data; boundary=b"}};

}  // namespace soyuz::web::testing

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace soyuz::web {

/// One part of a multipart/form-data body (RFC 7578).
struct Part {
    std::string name;
    /// What the sender called the file, decoded; "" where it has no name. Not fit for a path.
    std::string file_name;
    bool is_file = false;      ///< false for plain fields, and where a browser's file input was left alone
    std::string_view content;  ///< of the body that was read
};

/// Reads a multipart/form-data body from anybody: time is linear in its length, memory is bounded by the number of
/// parts, and contents are not copied. Bounds: 16 parts, 1 KiB of headers a part, 100 bytes for a field's name.
///
/// File names are understood as clients write them: quoted with quoted pairs (RFC 2183), with %22 for a quote
/// (WHATWG, "multipart/form-data encoding algorithm"), bare, or as `filename*` (RFC 8187), which goes first.
class MultipartReader {
public:
    /// `boundary` from `multipart_boundary`; `body` must outlive the parts.
    MultipartReader(std::string_view boundary, std::string_view body);

    /// The parts in order; what stands before the first and behind the last is left out. Call once. Errors:
    /// bad_request.
    base::Result<std::vector<Part>> read();

    /// How many bytes were looked at, each as often as it was. Fuzzing holds it against the body's length.
    std::size_t bytes_looked_at() const { return looked_at_; }

private:
    enum class Delimiter { none, next, last };
    /// Moves behind the next delimiter and gives what stands before it.
    Delimiter find_delimiter(std::string_view& before);
    bool read_headers(Part& part);
    bool read_disposition(std::string_view value, Part& part);

    std::string const delimiter_;  // CR LF "--" boundary
    std::string_view const body_;
    std::size_t at_ = 0;
    std::size_t looked_at_ = 0;
};

/// The boundary that a Content-Type names (RFC 2046, 5.1.1); "" where it is not multipart/form-data or names none of
/// 1 to 70 bytes.
std::string multipart_boundary(std::string_view content_type);

}  // namespace soyuz::web

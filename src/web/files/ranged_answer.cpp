#include "web/files/ranged_answer.hpp"

#include <string>
#include <utility>

#include "web/http/conditional_requests.hpp"

namespace soyuz::web {

namespace {

/// Puts a part of a file into an answer: a small one at once, a large one as the client takes it. Not even its
/// beginning waits in memory: a connection may ask for sixteen in one breath.
void fill(Answer& answer, base::Workers& workers, std::shared_ptr<StoredFile const> const& file, std::uint64_t first,
          std::uint64_t count) {
    if (count > FileSource::block_bytes) {
        answer.rest_bytes = count;
        answer.rest = std::make_shared<FileSource>(file, first, count, workers);
        return;
    }
    auto content = file->read(first, static_cast<std::size_t>(count));
    if (!content) throw Refused{{base::Code::internal, "This file can't be read at the moment."}};
    answer.body = std::move(*content);
}

}  // namespace

void put_file(Answer& answer, net::HttpRequest const& request, std::string_view tag, std::string_view type,
              std::shared_ptr<StoredFile const> const& file, base::Workers& workers) {
    answer.with("ETag", std::string{tag}).with("Accept-Ranges", "bytes");
    if (auto const condition = check_conditions(request, tag); condition != Condition::met) {
        answer.status = condition == Condition::failed ? 412 : 304;
        return;
    }
    answer.type = type;
    // Compressed on the way it would need a tag of its own, and its ranges would be other bytes.
    answer.compressed = true;
    auto const range = wanted_range(request, tag, file->size());
    if (range.kind == WantedRange::Kind::beyond) {
        answer.status = 416;
        answer.type.clear();
        answer.with("Content-Range", "bytes */" + std::to_string(file->size()));
        return;
    }
    if (range.kind == WantedRange::Kind::whole) return fill(answer, workers, file, 0, file->size());
    answer.status = 206;
    answer.with("Content-Range", "bytes " + std::to_string(range.first) + '-' + std::to_string(range.last) + '/' +
                                     std::to_string(file->size()));
    fill(answer, workers, file, range.first, range.last - range.first + 1);
}

}  // namespace soyuz::web

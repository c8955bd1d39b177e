#include "store/quarantine.hpp"

#include <algorithm>

#include <fcntl.h>

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace soyuz::store {

void Quarantine::keep(std::string_view file, std::uint64_t offset, std::string_view bytes, std::string_view what) {
    ++count_;
    std::string name{file};
    std::replace(name.begin(), name.end(), '/', '-');
    name += '.' + std::to_string(offset) + '.' + std::to_string(clock_.now().time_since_epoch().count());

    std::string line;
    base::JsonWriter json{line};
    json.object([&] {
        json("file", file), json("byte", offset), json("bytes", bytes.size());
        json("what", what), json("kept_as", name), json("found_at", clock_.now());
    });
    line += '\n';

    auto const folder = folder_ / "quarantine";
    int error = ensure_folder(files_, folder);
    if (error == 0) error = write_file(files_, folder / name, bytes);
    if (error == 0) {
        OpenFile report{files_, folder / "report.jsonl", O_WRONLY | O_CREAT | O_APPEND};
        error = report.ok() ? write_all(files_, report.get(), line) : report.error();
        if (error == 0) error = files_.sync(report.get());
    }
    if (error == 0) error = files_.sync_folder(folder);
    auto const byte = std::to_string(offset);
    if (error < 0)
        return base::log::warn("damaged data is set aside without a copy",
                               {{"file", file}, {"byte", byte}, {"error", error_text(error)}});
    base::log::warn("damaged data is set aside", {{"file", file}, {"byte", byte}, {"kept_as", "quarantine/" + name}});
}

}  // namespace soyuz::store

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
    base::log::warn("Set damaged data aside. file=" + std::string{file} + " byte=" + std::to_string(offset) +
                    (error < 0 ? " but could not keep a copy: " + error_text(error) : " kept_as=quarantine/" + name));
}

}  // namespace soyuz::store

#include <cerrno>
#include <stdexcept>

#include "base/json_reader.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "store/files.hpp"
#include "store/seal.hpp"
#include "store/store.hpp"

namespace soyuz::store {

std::string load_or_make_secret(std::filesystem::path const& folder) {
    auto& files = system_files();
    auto const path = folder / "secret.json";
    std::string text;
    int const read_error = read_file(files, path, text);
    if (read_error < 0 && read_error != -ENOENT) {
        throw std::runtime_error("The secret of the data folder can't be read: " + error_text(read_error));
    }
    if (read_error == 0) {
        auto const opened = open_document(text);
        base::JsonReader reader{opened.members};
        reader.expect("\"secret\":");
        auto secret = reader.string();
        if (opened.state == OpenedDocument::State::good && reader.ok() && secret.size() >= 43) return secret;
        // A key that is not the old one signs everybody out, which is safe; a damaged one would do so silently.
        base::log::warn("the secret that signs tokens was damaged and is made anew: everyone signs in again");
    }
    auto secret = base::random_token(32);
    int error = ensure_folder(files, folder);
    if (error == 0) error = replace_file(files, path, seal_document("\"secret\":\"" + secret + "\"}\n"));
    if (error < 0) throw std::runtime_error("The secret of the data folder can't be written: " + error_text(error));
    return secret;
}

}  // namespace soyuz::store

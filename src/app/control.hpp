#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "base/result.hpp"

namespace soyuz::app {

/// Lets commands of the same user talk to the server that holds a data folder: over a socket in the kernel's abstract
/// name space, named after the folder, so that no file is left behind. The peer's user id is checked.
class Control {
public:
    /// `backup` writes a consistent copy of the folder to a path; it runs on a thread of the control's.
    Control(std::filesystem::path const& data,
            std::function<base::Result<void>(std::filesystem::path const& tar)> backup);
    ~Control();
    Control(Control const&) = delete;
    Control& operator=(Control const&) = delete;

private:
    void serve();
    void answer(int peer) const;

    std::function<base::Result<void>(std::filesystem::path const&)> backup_;
    int listener_ = -1;
    int stop_ = -1;
    std::thread thread_;
};

/// Asks the server of a folder for a backup. None when no server answers there.
std::optional<base::Result<void>> ask_for_backup(std::filesystem::path const& data, std::filesystem::path const& tar);

}  // namespace soyuz::app

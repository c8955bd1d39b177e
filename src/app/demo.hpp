#pragma once

namespace soyuz::app {

class ChatServices;

/// Makes the accounts of a demonstration, whose passwords are their names, and says something of every kind in a few
/// rooms and posts. What exists already stays. Waits for the disk.
void fill_demo(ChatServices& services);

}  // namespace soyuz::app

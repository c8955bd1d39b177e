#pragma once

#include <string>
#include <vector>

/// What the person at the terminal sees. Lines go to standard output and are flushed.
namespace soyuz::app::console {

void say(std::string const& line);

/// Lines of ASCII in a box.
std::string box(std::vector<std::string> const& lines);

/// A QR code in half blocks, dark on light, for terminals; "" when the text is too long for one.
std::string qr_code(std::string const& text);
/// Prints a code on a terminal, nothing elsewhere.
void show_qr_code(std::string const& text);

/// Addresses of this machine in its local networks, without loopback (IPv4); first the one that leads out.
std::vector<std::string> local_addresses();

/// Is `host` this machine's own loopback?
bool is_loopback(std::string const& host);

/// An address as it stands in a URL: IPv6 in brackets.
std::string url_host(std::string const& address);

/// Asks for a password: without echo on a terminal, else one line of standard input. Throws Failure (64) when there
/// is none or when the two entries differ.
std::string ask_password(std::string const& question);

}  // namespace soyuz::app::console

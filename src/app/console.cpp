#include "app/console.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <stdexcept>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <qrcodegen.hpp>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "app/failure.hpp"

namespace soyuz::app::console {

namespace {

/// Puts the terminal back as it was.
class NoEcho {
public:
    NoEcho() {
        tcgetattr(STDIN_FILENO, &before_);
        auto quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    ~NoEcho() { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
    NoEcho(NoEcho const&) = delete;
    NoEcho& operator=(NoEcho const&) = delete;

private:
    termios before_{};
};

std::string read_line() {
    std::string line;
    if (!std::getline(std::cin, line)) throw Failure(Exit::usage, "a password is needed on standard input");
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return line;
}

/// The address that packets to the world would leave from; "" without a way out. Nothing is sent.
std::string leading_address() {
    int const descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return {};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(9);
    inet_pton(AF_INET, "203.0.113.1", &address.sin_addr);  // RFC 5737: nobody's
    socklen_t size = sizeof address;
    char text[INET_ADDRSTRLEN] = "";
    bool const known = ::connect(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    if (known) inet_ntop(AF_INET, &address.sin_addr, text, sizeof text);
    ::close(descriptor);
    return text;
}

}  // namespace

void say(std::string const& line) { std::cout << line << std::endl; }

std::string box(std::vector<std::string> const& lines) {
    std::size_t widest = 0;
    for (auto const& line : lines) widest = std::max(widest, line.size());
    auto const edge = [&](char const* left, char const* right) {
        std::string drawn = left;
        for (std::size_t i = 0; i < widest + 2; ++i) drawn += "─";
        return drawn + right + '\n';
    };
    auto drawn = edge("┌", "┐");
    for (auto const& line : lines) drawn += "│ " + line + std::string(widest - line.size(), ' ') + " │\n";
    return drawn + edge("└", "┘");
}

std::string qr_code(std::string const& text) {
    std::string drawn;
    try {
        auto const code = qrcodegen::QrCode::encodeText(text.c_str(), qrcodegen::QrCode::Ecc::LOW);
        constexpr int quiet_zone = 2;
        // Light modules are drawn, dark ones left: two rows a line, on a dark or a light terminal alike.
        for (int y = -quiet_zone; y < code.getSize() + quiet_zone; y += 2) {
            drawn += "\x1b[30;107m";
            for (int x = -quiet_zone; x < code.getSize() + quiet_zone; ++x) {
                bool const upper = code.getModule(x, y);
                bool const lower = code.getModule(x, y + 1);
                drawn += upper ? (lower ? "█" : "▀") : (lower ? "▄" : " ");
            }
            drawn += "\x1b[0m\n";
        }
    } catch (std::length_error const&) {
        return {};
    }
    return drawn;
}

void show_qr_code(std::string const& text) {
    if (isatty(STDOUT_FILENO) == 1) std::cout << qr_code(text) << std::flush;
}

std::vector<std::string> local_addresses() {
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return {};
    std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> const owner(list, freeifaddrs);
    std::vector<std::string> found;
    for (auto const* each = list; each != nullptr; each = each->ifa_next) {
        bool const usable = each->ifa_addr != nullptr && (each->ifa_flags & IFF_UP) != 0 &&
                            (each->ifa_flags & IFF_LOOPBACK) == 0 && each->ifa_addr->sa_family == AF_INET;
        if (!usable) continue;
        char text[INET_ADDRSTRLEN];
        auto const* const address = reinterpret_cast<sockaddr_in const*>(each->ifa_addr);
        if (inet_ntop(AF_INET, &address->sin_addr, text, sizeof text) != nullptr) found.emplace_back(text);
    }
    auto const leads = leading_address();
    std::stable_partition(found.begin(), found.end(), [&](std::string const& each) { return each == leads; });
    return found;
}

bool is_loopback(std::string const& host) {
    in_addr address{};
    if (inet_pton(AF_INET, host.c_str(), &address) == 1) return (ntohl(address.s_addr) >> 24U) == 127;
    return host == "::1" || host == "localhost";
}

std::string url_host(std::string const& address) {
    return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

std::string ask_password(std::string const& question) {
    if (isatty(STDIN_FILENO) != 1) return read_line();
    NoEcho const quiet;
    std::cerr << question << ": " << std::flush;
    auto first = read_line();
    std::cerr << "\nAgain: " << std::flush;
    auto const second = read_line();
    std::cerr << '\n';
    if (first != second) throw Failure(Exit::usage, "the two entries differ");
    return first;
}

}  // namespace soyuz::app::console

// Runs a fuzz target over its corpus and over mutations of it, always the same ones, so that every compiler and every
// run of the tests sees them. usage: fuzz_NAME CORPUS [MUTATIONS]
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include <unistd.h>

#include "fuzz/fuzz.hpp"

namespace {

std::string const* current = nullptr;

/// Leaves the bytes that ended the process where somebody can pick them up. Uses only what a signal handler may.
void keep_input(int number) {
    static constexpr char name[] = "crash-replay";
    std::signal(number, SIG_DFL);
    if (current != nullptr) {
        if (auto* const file = std::fopen(name, "wb")) {
            std::fwrite(current->data(), 1, current->size(), file);
            std::fclose(file);
        }
        static constexpr char text[] = "the input is in ./crash-replay\n";
        if (::write(2, text, sizeof text - 1) < 0) return;
    }
    std::raise(number);
}

void run(std::string const& input) {
    current = &input;
    // A copy of exactly this size, so that a checked heap notices the first byte behind it.
    std::vector<std::uint8_t> const bytes(input.begin(), input.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

class Mutations {
public:
    explicit Mutations(std::vector<std::string> const& seeds) : seeds_(seeds) {}

    std::string next() {
        auto text = seeds_[below(seeds_.size())];
        for (auto count = 1 + below(4); count > 0; --count) mutate(text);
        return text;
    }

private:
    std::size_t below(std::size_t bound) {
        state_ ^= state_ << 13U;
        state_ ^= state_ >> 7U;
        state_ ^= state_ << 17U;
        return state_ % bound;
    }
    char letter() {
        static constexpr std::string_view telling{"\0\r\n\t \"'%&{}[]()<>,;:=/\\+-*.0179aZ\x7F\x80\xC3\xE2\xF0\xFF",
                                                  40};
        return below(2) == 0 ? telling[below(telling.size())] : static_cast<char>(below(256));
    }
    void mutate(std::string& text) {
        auto const at = below(text.size() + 1);
        auto const length = std::min(text.size() - at, 1 + below(below(2) == 0 ? 4 : 64));
        switch (below(7)) {
            case 0:
                if (at < text.size()) text[at] = letter();
                break;
            case 1: text.insert(at, 1 + below(3), letter()); break;
            case 2: text.erase(at, length); break;
            case 3: text.insert(below(text.size() + 1), text.substr(at, length)); break;
            case 4:
                if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
                break;
            case 5: text.resize(at); break;
            default: {
                auto const& other = seeds_[below(seeds_.size())];
                auto const from = below(other.size() + 1);
                text.replace(at, length, other, from, 1 + below(64));
            }
        }
    }

    std::vector<std::string> const& seeds_;
    std::uint64_t state_ = 0x9E37'79B9'7F4A'7C15U;
};

}  // namespace

int main(int count, char** words) {
    if (count < 2) {
        std::cerr << "usage: fuzz_NAME CORPUS [MUTATIONS]\n";
        return 64;
    }
    for (int const number : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS}) std::signal(number, keep_input);
    std::filesystem::path const corpus = words[1];
    std::vector<std::filesystem::path> paths;
    if (std::filesystem::is_directory(corpus)) {
        for (auto const& entry : std::filesystem::directory_iterator{corpus}) paths.push_back(entry.path());
    } else {
        paths.push_back(corpus);
    }
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> seeds;
    for (auto const& path : paths) {
        std::ifstream in{path, std::ios::binary};
        if (!in) {
            std::cerr << path << " can't be read\n";
            return 66;
        }
        seeds.emplace_back(std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{});
    }
    if (seeds.empty()) {
        std::cerr << corpus << " holds no seeds\n";
        return 66;
    }
    std::string input;
    for (auto const& seed : seeds) run(seed);
    Mutations mutations{seeds};
    auto const wanted = count > 2 ? std::strtoul(words[2], nullptr, 10) : 0;
    for (unsigned long i = 0; i < wanted; ++i) {
        input = mutations.next();
        run(input);
    }
    std::cout << seeds.size() << " seeds, " << wanted << " mutations\n";
    return 0;
}

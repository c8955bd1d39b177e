#include <iostream>

#include "moderation/commands.hpp"
#include "moderation/engine.hpp"

/// The engine by itself, for benchmarks and for work on the lists: `soyuz_moderation_tool [MODEL]`.
int main(int argc, char** argv) {
    soyuz::moderation::EngineOptions options;
    if (argc > 1) options.model_file = argv[1];
    auto engine = soyuz::moderation::Engine::open(std::move(options));
    if (!engine) {
        std::cerr << engine.error().message << '\n';
        return 78;
    }
    std::ios::sync_with_stdio(false);
    return soyuz::moderation::moderate(std::cin, std::cout, **engine);
}

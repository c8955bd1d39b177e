#include <iostream>
#include <string_view>

#include "moderation/commands.hpp"
#include "moderation/engine.hpp"

/// The engine by itself, for work on lists and model:
///   soyuz_moderation_tool [MODEL]                             one text a line in, one verdict a line out
///   soyuz_moderation_tool train OUT DATA.csv… -- HELD_OUT.csv…
int main(int argc, char** argv) {
    using namespace soyuz::moderation;
    if (argc > 3 && std::string_view(argv[1]) == "train") {
        TrainOptions options;
        options.out = argv[2];
        auto* into = &options.data;
        for (int i = 3; i < argc; ++i) {
            if (std::string_view(argv[i]) == "--")
                into = &options.held_out;
            else
                into->emplace_back(argv[i]);
        }
        return train(options);
    }
    EngineOptions options;
    if (argc > 1) options.model_file = argv[1];
    auto engine = Engine::open(std::move(options));
    if (!engine) {
        std::cerr << engine.error().message << '\n';
        return 78;
    }
    std::ios::sync_with_stdio(false);
    return moderate(std::cin, std::cout, **engine);
}

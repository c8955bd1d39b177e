#include "template/engine.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "template/language/statement_parser.hpp"
#include "template/running/renderer.hpp"

namespace soyuz::jinja {

struct TemplateEngine::Implementation {
    struct Compiled {
        std::string version;
        std::shared_ptr<Template const> tree;
    };

    Implementation(std::unique_ptr<TemplateSource> its_source, Limits its_limits)
        : source(std::move(its_source)), limits(its_limits) {}

    std::unique_ptr<TemplateSource> source;
    Limits limits;
    Functions functions = standard_functions();
    std::shared_mutex mutex;  // guards what follows
    std::unordered_map<std::string, Compiled> compiled;
    std::mutex variants_mutex;  // guards what follows
    std::vector<std::string> variants;

    /// The place of a variant among the folds; none where nothing can be folded for it.
    std::optional<std::size_t> place_of(std::string_view variant) {
        if (variant.empty() || !source->is_fixed()) return std::nullopt;
        std::lock_guard const lock{variants_mutex};
        auto const place =
            static_cast<std::size_t>(std::find(variants.begin(), variants.end(), variant) - variants.begin());
        if (place == Folds::max_variants) return std::nullopt;
        if (place == variants.size()) variants.emplace_back(variant);
        return place;
    }

    std::shared_ptr<Template const> load(std::string_view name) {
        std::string const key(name);
        auto const version = source->version(name);
        {
            std::shared_lock const lock{mutex};
            auto const known = compiled.find(key);
            if (known != compiled.end() && known->second.version == version) return known->second.tree;
        }
        // Compiled without the lock: two threads may do so at once, and either result will do.
        auto const text = version.empty() ? std::nullopt : source->read(name);
        auto tree = text ? compile(key, text->text, limits.nesting) : nullptr;
        std::unique_lock const lock{mutex};
        if (tree == nullptr) {
            compiled.erase(key);
            throw MissingTemplate("there is no template named '" + key + "'");
        }
        compiled[key] = {text->version, tree};
        return tree;
    }
};

TemplateEngine::TemplateEngine(std::unique_ptr<TemplateSource> source, Limits limits)
    : implementation_(std::make_unique<Implementation>(std::move(source), limits)) {}

TemplateEngine::~TemplateEngine() = default;

void TemplateEngine::add_function(std::string name, HostFunction function) {
    implementation_->functions[name] = {name, nullptr, std::move(function), false};
}

void TemplateEngine::add_stable_function(std::string name, HostFunction function) {
    implementation_->functions[name] = {name, nullptr, std::move(function), true};
}

std::string TemplateEngine::render(std::string_view name, nlohmann::json const& context,
                                   std::string_view variant) const {
    auto& implementation = *implementation_;
    Renderer renderer{implementation.functions,
                      implementation.limits,
                      context,
                      [&](std::string_view wanted) { return implementation.load(wanted); },
                      {variant, implementation.place_of(variant)}};
    return renderer.render(name);
}

}  // namespace soyuz::jinja

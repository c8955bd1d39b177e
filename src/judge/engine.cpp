#include "judge/engine.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>

#include "base/text.hpp"
#include "judge/classifier/features.hpp"
#include "judge/classifier/model.hpp"
#include "judge/patterns/pattern.hpp"
#include "judge/reading/fold.hpp"
#include "judge/reading/normaliser.hpp"

namespace soyuz::judge {
namespace {

using base::Code;
using base::Error;
using base::Result;

Result<std::string> read_file(std::filesystem::path const& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in.good() && !in.eof()) return Error{Code::invalid_value, "cannot read " + path.filename().string()};
    return text;
}

/// Working memory of one thread: judging allocates next to nothing.
struct Workspace {
    ReadText text;
    Findings findings, watched;
    Features features;
    std::vector<PatternHit> patterns;
};

Workspace& workspace() {
    thread_local Workspace space;
    return space;
}

}  // namespace

Engine::Engine(EngineOptions options) : options_(std::move(options)) {
    RoomPolicy standard;
    standard.thresholds.flag = std::clamp(options_.flag_threshold, 0.05, 0.89);
    standard.thresholds.warn = std::min(standard.thresholds.warn, standard.thresholds.flag);
    default_policy_ = std::make_shared<RoomPolicy const>(std::move(standard));
}

Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::open(EngineOptions options) {
    std::unique_ptr<Engine> engine(new Engine(std::move(options)));
    fold(U'a');  // builds the table of characters now, not while the first message waits
    if (engine->options_.use_model) {
        std::string file;
        std::string_view bytes = built_in_model();
        if (!engine->options_.model_file.empty()) {
            auto read = read_file(engine->options_.model_file);
            if (!read) return read.error();
            file = std::move(*read);
            bytes = file;
        }
        if (!bytes.empty()) {
            auto model = Model::read(bytes);
            if (!model) return model.error();
            engine->model_ = std::move(*model);
        }
    }
    if (auto done = engine->reload(); !done) return done.error();
    return engine;
}

Result<std::shared_ptr<Lexicon const>> Engine::compile() const {
    auto sources = built_in_lexicons();
    if (!options_.lexicon_folder.empty()) {
        std::error_code failed;
        std::vector<std::filesystem::path> files;
        for (auto const& entry : std::filesystem::directory_iterator(options_.lexicon_folder, failed))
            if (entry.path().extension() == ".json") files.push_back(entry.path());
        if (failed) return Error{Code::invalid_value, "The folder of lexicons cannot be read."};
        std::sort(files.begin(), files.end());
        for (auto const& file : files) {
            auto text = read_file(file);
            if (!text) return text.error();
            auto const name = file.filename().string();
            auto const same = std::find_if(sources.begin(), sources.end(),
                                           [&](LexiconSource const& source) { return source.name == name; });
            if (same != sources.end())
                same->text = std::move(*text);
            else
                sources.push_back({name, std::move(*text)});
        }
    }
    static auto const words = real_words();
    return model_ ? Lexicon::compile(sources, model_->vocabulary(), model_->urdu(), words)
                  : Lexicon::compile(sources, Vocabulary{}, Vocabulary{}, words);
}

std::uint64_t Engine::folder_state() const {
    std::uint64_t state = 0;
    std::error_code failed;
    if (options_.lexicon_folder.empty()) return state;
    for (auto const& entry : std::filesystem::directory_iterator(options_.lexicon_folder, failed)) {
        if (entry.path().extension() != ".json") continue;
        auto const seen = entry.path().filename().string() + ' ' + std::to_string(entry.file_size(failed)) + ' ' +
                          std::to_string(entry.last_write_time(failed).time_since_epoch().count());
        state += hash_of(seen);  // a sum, because the order of a folder is no order
    }
    return state;
}

Result<void> Engine::reload_if_changed() {
    auto const now = folder_state();
    {
        std::shared_lock const lock{mutex_};
        if (now == folder_state_) return {};
    }
    return reload();
}

Result<void> Engine::reload() {
    {
        std::unique_lock const lock{mutex_};
        folder_state_ = folder_state();
    }
    auto compiled = compile();
    if (!compiled) return compiled.error();
    std::unique_lock const lock{mutex_};
    lexicon_ = std::move(*compiled);
    return {};
}

std::shared_ptr<Lexicon const> Engine::lexicon() const {
    std::shared_lock const lock{mutex_};
    return lexicon_;
}

std::shared_ptr<RoomPolicy const> Engine::policy(base::RoomId const& room) const {
    std::shared_lock const lock{mutex_};
    if (!room.empty())
        if (auto own = policies_.find(room); own != policies_.end()) return own->second;
    return default_policy_;
}

Verdict Engine::judge(std::string_view source, Occasion const& occasion) const {
    auto const lists = lexicon();
    auto const rules = policy(occasion.room);
    auto& space = workspace();
    normalise(source, *lists, space.text);
    lists->find(space.text, space.findings);
    space.patterns.clear();
    find_personal_information(space.text, space.findings, space.patterns);
    find_spam(space.text, space.findings, space.patterns);
    Opinion opinion;
    if (model_) {
        extract(space.text, *lists, space.findings, space.features);
        opinion = model_->opinion(space.features);
    }
    Findings const* watched = nullptr;
    if (rules->watch_words) {
        rules->watch_words->find(space.text, space.watched);
        watched = &space.watched;
    }
    auto verdict = decide(
        {space.text, *lists, space.findings, space.patterns, opinion, watched, occasion.kind == Occasion::Kind::name},
        *rules);
    auto const language = space.findings.language;
    // Neither lists nor classifier can read it: that nothing was found says nothing.
    bool const is_listed = is_read(language) || language == Language::urdu || language == Language::hindi;
    if (verdict.action == Action::allow && !is_listed) verdict.reasons = {"unjudged"};
    verdict.language = !is_read(language)                                             ? tag(language)
                       : space.findings.is_urdu                                       ? "ur-Latn"
                       : space.text.shape.other_script * 2 > space.text.shape.letters ? "und"
                                                                                      : "en";
    return verdict;
}

void Engine::set_policy(base::RoomId const& room, RoomPolicy policy) {
    auto made = std::make_shared<RoomPolicy const>(std::move(policy));
    std::unique_lock const lock{mutex_};
    policies_[room] = std::move(made);
}

void Engine::set_default_policy(RoomPolicy policy) {
    auto made = std::make_shared<RoomPolicy const>(std::move(policy));
    std::unique_lock const lock{mutex_};
    default_policy_ = std::move(made);
}

RealWords real_words() {
    std::vector<std::uint32_t> english, names, urdu;
    std::string word;
    for (auto const& list : built_in_words()) {
        bool const is_urdu = list.name == "roman-urdu";
        bool const has_names = list.name == "names" || list.name.find("upper") != list.name.npos ||
                               list.name.find("proper") != list.name.npos;
        bool comment = false, latin = true;
        auto const take = [&] {
            if (!comment && latin && word.size() >= 2) {
                auto const hash = static_cast<std::uint32_t>(hash_of(word));
                (is_urdu ? urdu : english).push_back(hash);
                if (has_names) names.push_back(hash);
            }
            word.clear();
            latin = true;
        };
        for (char const c : list.text) {
            if (c == '\n' || c == ' ') {
                take();
                comment = comment && c != '\n';
                continue;
            }
            comment = comment || c == '#';
            char const lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
            latin = latin && lower >= 'a' && lower <= 'z';
            word += lower;
        }
        take();
    }
    return {.english = Vocabulary(english), .names = Vocabulary(names), .urdu = Vocabulary(urdu)};
}

Result<std::shared_ptr<Lexicon const>> compile_watch_words(std::vector<WatchWord> const& words) {
    std::string list = R"({"language":"any","groups":[)";
    for (auto const& word : words) {
        auto text = base::trim(word.text);
        if (text.empty() || !base::is_valid_utf8(text))
            return base::invalid_field("watch_words", "A word is empty or malformed.");
        bool const is_stem = text.back() == '*';
        bool const is_phrase = text.find(' ') != std::string::npos;
        if (is_stem && !is_phrase) text.pop_back();
        if (list.back() == '}') list += ',';
        list += R"({"severity":"severe","category":")";
        list += name(word.category);
        list += R"(","action":")";
        list += name(word.action);
        list += is_stem && !is_phrase ? R"(","match":"stem","terms":[)" : R"(","terms":[)";
        base::append_json_string(list, text);
        list += "]}";
    }
    list += "]}";
    LexiconSource const source{"watch words", std::move(list)};
    auto compiled = Lexicon::compile(std::span(&source, 1), Vocabulary{});
    if (!compiled) return base::invalid_field("watch_words", compiled.error().message);
    return std::move(*compiled);
}

std::string Engine::lexicon_version() const { return lexicon()->version(); }

std::string Engine::model_version() const { return model_ ? model_->version() : std::string(); }

}  // namespace soyuz::judge

#pragma once

#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "judge/judge.hpp"
#include "judge/policy.hpp"

namespace soyuz::judge {

class Model;

struct EngineOptions {
    std::string lexicon_folder;  ///< its *.json files replace or add to the built-in ones; empty: built-in only
    std::string model_file;      ///< empty: the built-in model
    bool use_model = true;
    double flag_threshold = 0.6;  ///< TOXIC_THRESHOLD, for rooms without settings of their own
};

/// A word that a room's owner watches for.
struct WatchWord {
    std::string text;  ///< a word, a stem ("homew*"), or a phrase
    Action action = Action::flag;
    Category category = Category::harassment;
};

/// Errors: invalid_value for an empty or malformed word.
base::Result<std::shared_ptr<Lexicon const>> compile_watch_words(std::vector<WatchWord> const& words);

/// The judge: normaliser, lexicons, patterns, classifier and policy in a row. Thread-safe. Judging takes microseconds
/// and does no input or output; `reload` and the setters may run beside it.
class Engine : public Judge {
public:
    /// Errors: invalid_value, naming file and line, or what is wrong with the model.
    static base::Result<std::unique_ptr<Engine>> open(EngineOptions options = {});
    ~Engine() override;

    Verdict judge(std::string_view text, Occasion const& occasion) const override;

    /// Reads the lexicon folder again. On an error (naming file and line) the old lists stay in force.
    base::Result<void> reload();

    /// The same if a file has been changed, added or taken away since the last reading; tells an error once.
    base::Result<void> reload_if_changed();

    /// How `room` is moderated from now on. A room without settings gets the default.
    void set_policy(base::RoomId const& room, RoomPolicy policy);
    void set_default_policy(RoomPolicy policy);

    std::string lexicon_version() const override;
    std::string model_version() const override;

private:
    explicit Engine(EngineOptions options);

    std::shared_ptr<Lexicon const> lexicon() const;
    std::shared_ptr<RoomPolicy const> policy(base::RoomId const& room) const;
    base::Result<std::shared_ptr<Lexicon const>> compile() const;
    std::uint64_t folder_state() const;

    EngineOptions options_;
    std::unique_ptr<Model const> model_;
    mutable std::shared_mutex mutex_;  // guards the pointers below, not what they point to
    std::uint64_t folder_state_ = 0;   // names, sizes and times of the files last read
    std::shared_ptr<Lexicon const> lexicon_;
    std::shared_ptr<RoomPolicy const> default_policy_;
    std::unordered_map<base::RoomId, std::shared_ptr<RoomPolicy const>> policies_;
};

/// The names and texts of the built-in lexicons.
std::vector<LexiconSource> built_in_lexicons();
/// The built-in lists of ordinary words (SCOWL by size, "roman-urdu"): one a line, `#` begins a comment.
struct WordList {
    std::string_view name;
    std::string_view text;
};
std::vector<WordList> built_in_words();
/// All of them as one vocabulary: what is a word is no disguise of another.
RealWords real_words();
/// The built-in model; empty where there is none.
std::string_view built_in_model();

}  // namespace soyuz::judge

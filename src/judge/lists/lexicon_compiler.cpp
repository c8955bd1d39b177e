#include <algorithm>
#include <map>

#include "judge/lists/lexicon.hpp"
#include "judge/reading/fold.hpp"
#include "judge/reading/read_text.hpp"

namespace soyuz::judge {
namespace {

using base::Code;
using base::Error;
using base::Result;

constexpr std::size_t longest_masked = 20;

bool is_latin(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    while (from <= text.size()) {
        auto const to = std::min(text.find(separator, from), text.size());
        if (to > from) parts.emplace_back(text.substr(from, to - from));
        from = to + 1;
    }
    return parts;
}

std::string folded(std::string_view word) {
    std::string out;
    for (std::size_t at = 0; at < word.size();) {
        auto const& fold_of = fold(next_code_point(word, at));
        for (unsigned i = 0; i < fold_of.count; ++i) append_utf8(out, fold_of.points[i]);
    }
    return out;
}

std::uint32_t role_of(std::string_view name) {
    static constexpr std::pair<std::string_view, Role> roles[] = {
        {"you", Role::you},           {"self", Role::self},     {"person", Role::person},   {"report", Role::report},
        {"counter", Role::counter},   {"group", Role::group},   {"english", Role::english}, {"urdu", Role::urdu},
        {"negation", Role::negation}, {"insult", Role::insult}, {"thing", Role::thing},     {"be", Role::be},
        {"counted", Role::counted}};
    for (auto [known, role] : roles)
        if (known == name) return static_cast<std::uint32_t>(role);
    return 0;
}

}  // namespace

/// Turns files into the tables of a Lexicon.
class LexiconCompiler {
public:
    LexiconCompiler(Vocabulary const& vocabulary, Vocabulary const& urdu, RealWords const& real)
        : made_(std::make_shared<Lexicon>()) {
        made_->urdu_ = urdu;
        made_->real_ = real;
        own_ = vocabulary.hashes();
        for (auto const* words : {&real.english, &real.urdu})
            for (auto hash : words->hashes()) own_.push_back(hash);
        made_->masks_.resize((longest_masked + 1) * 26);
    }

    Result<std::shared_ptr<Lexicon const>> compile(std::span<LexiconSource const> sources) {
        std::uint64_t version = hash_of("");
        std::vector<LexiconFile> files;
        for (auto const& source : sources) {
            auto file = parse_lexicon(source.name, source.text);
            if (!file) return file.error();
            version = hash_of(source.text, version);
            files.push_back(std::move(*file));
        }
        for (auto const& file : files) add_words(file);
        for (std::size_t i = 0; i < files.size(); ++i)
            if (auto problem = add_phrases(files[i], sources[i].name); !problem.empty())
                return Error{Code::invalid_value, problem};
        for (auto const& file : files) mark_words(file);
        made_->first_allowed_phrase_ = static_cast<std::uint32_t>(made_->terms_.size());
        auto number = made_->first_allowed_phrase_;
        for (std::size_t i = 0; i < files.size(); ++i)
            for (auto const& phrase : files[i].allowed_phrases)
                if (auto problem = add_phrase(phrase, number++, false); !problem.empty())
                    return Error{Code::invalid_value, sources[i].name + ": \"" + phrase + "\": " + problem};
        finish(version);
        return std::shared_ptr<Lexicon const>(made_);
    }

private:
    using Entry = Lexicon::Entry;

    std::uint32_t symbol(std::string const& name) {
        return symbols_.try_emplace(name, static_cast<std::uint32_t>(symbols_.size())).first->second;
    }

    Entry& entry(std::string const& given, Manner match) {
        // Written as the normaliser writes it, or it would never be found.
        auto const word = is_latin(given) ? given : folded(given);
        auto const key = std::to_string(static_cast<int>(match)) + word;
        auto [at, is_new] = entries_.try_emplace(key, static_cast<std::uint32_t>(made_->entries_.size()));
        if (is_new) {
            made_->entries_.emplace_back();
            made_->entries_.back().match = match;
            spelling_.push_back(word);
        }
        return made_->entries_[at->second];
    }

    static void add_symbol(Entry& to, std::uint32_t symbol) {
        if (std::find(to.symbols.begin(), to.symbols.end(), symbol) == to.symbols.end()) to.symbols.push_back(symbol);
    }

    void add_words(LexiconFile const& file) {
        for (auto const& word : file.allowed_words) allowed_.push_back(static_cast<std::uint32_t>(hash_of(word)));
        for (auto const& [name, words] : file.classes)
            for (auto const& word : words) add_member(word, name);
        for (auto const& group : file.groups)
            for (auto const& text : group.terms) {
                auto const words = split(text, ' ');
                if (words.size() > 1) continue;  // a phrase; later
                auto& made = entry(text, group.match);
                // The first list that names a word decides; files are read in the order of their names.
                if (made.term == Automaton::nothing) {
                    made.term = static_cast<std::uint32_t>(made_->terms_.size());
                    terms_by_text_.emplace(text, made.term);
                    made_->terms_.push_back({text, group.category, group.severity, group.match, false, group.action,
                                             file.language == "ur-Latn", role_of(group.needs), false, false, false, 0});
                }
                for (auto const& name : group.classes) {
                    add_symbol(made, symbol("<" + name + ">"));
                    made.roles |= role_of(name);
                }
            }
    }

    /// What the lists say of terms that are innocent words as well.
    void mark_words(LexiconFile const& file) {
        auto const each = [&](std::vector<std::string> const& words, auto const& mark) {
            for (auto const& word : words)
                if (auto [from, to] = terms_by_text_.equal_range(word); from != to)
                    for (; from != to; ++from) mark(made_->terms_[from->second]);
        };
        each(file.names, [](Term& term) { term.is_name = true; });
        each(file.oaths, [](Term& term) { term.is_oath = true; });
        each(file.aimed, [](Term& term) { term.is_aimed = true; });
        for (auto const& [tag, words] : file.ordinary_in)
            each(words,
                 [bit = 1u << static_cast<unsigned>(language_of_tag(tag))](Term& term) { term.ordinary_in |= bit; });
    }

    /// A class member: a word, a stem ("kill*"), or another class ("<insult>").
    void add_member(std::string const& word, std::string const& name) {
        auto const target = symbol("<" + name + ">");
        if (word.front() == '<' && word.back() == '>') {
            included_.emplace_back(symbol(word), std::pair{target, role_of(name)});
            return;
        }
        bool const is_stem = word.back() == '*';
        auto const bare = is_stem ? word.substr(0, word.size() - 1) : word;
        auto& made = entry(bare, is_stem ? Manner::stem : Manner::word);
        add_symbol(made, target);
        made.roles |= role_of(name);
        if (is_stem) return;
        own_.push_back(static_cast<std::uint32_t>(hash_of(bare)));
        if (name == "urdu") urdu_class_.push_back(own_.back());
        if (name == "english") english_class_.push_back(own_.back());
    }

    std::string add_phrases(LexiconFile const& file, std::string const& name) {
        for (auto const& group : file.groups) {
            auto const add = [&](std::string const& text) -> std::string {
                auto const number = static_cast<std::uint32_t>(made_->terms_.size());
                made_->terms_.push_back({text, group.category, group.severity, Manner::word, true, group.action,
                                         file.language == "ur-Latn", role_of(group.needs), false, false, false, 0});
                terms_by_text_.emplace(text, number);
                auto problem = add_phrase(text, number, group.match == Manner::sound);
                return problem.empty()
                           ? problem
                           : name + ", group at line " + std::to_string(group.line) + ", \"" + text + "\": " + problem;
            };
            for (auto const& text : group.terms)
                if (text.find(' ') != std::string::npos)
                    if (auto problem = add(text); !problem.empty()) return problem;
            for (auto const& text : group.phrases)
                if (auto problem = add(text); !problem.empty()) return problem;
        }
        return {};
    }

    std::string add_phrase(std::string const& text, std::uint32_t number, bool by_sound) {
        std::vector<std::vector<Phrases::Step>> variants(1);
        std::uint32_t gap = 0, filler = Phrases::any_word;
        for (auto word : split(text, ' ')) {
            if (word == "..")
                gap = 2;
            else if (word == "...")
                gap = 5;
            else if (word.size() > 2 && word.front() == '<' && word.substr(word.size() - 2) == ">*") {
                // Up to three words of a class, and nothing else.
                auto problem = std::string();
                word.pop_back();
                filler = step_symbol(word, false, problem);
                if (!problem.empty()) return problem;
                gap = 3;
            } else {
                bool const optional = word.back() == '?';
                if (optional) word.pop_back();
                if (word.empty()) return "a question mark alone";
                auto problem = std::string();
                auto const meant = step_symbol(word, by_sound, problem);
                if (!problem.empty()) return problem;
                auto const before = variants.size();
                if (optional && before > 16) return "too many optional words";
                for (std::size_t i = 0; i < before; ++i) {
                    auto with = variants[i];
                    with.push_back({meant, with.empty() ? 0 : gap, filler});
                    if (optional)
                        variants.push_back(std::move(with));
                    else
                        variants[i] = std::move(with);
                }
                if (!optional) gap = 0, filler = Phrases::any_word;
            }
        }
        for (auto& steps : variants) {
            if (steps.empty()) return "nothing but optional words";
            made_->phrases_.add(std::move(steps), number);
        }
        return {};
    }

    std::uint32_t step_symbol(std::string const& word, bool by_sound, std::string& problem) {
        auto const choices = split(word, '|');
        if (choices.empty()) return problem = "an empty word", 0;
        for (auto const& choice : choices)
            if (choice.front() == '<' && symbols_.find(choice) == symbols_.end())
                return problem = "unknown class " + choice, 0;
        auto const meant = choices.size() == 1 ? plain_symbol_name(choices[0], by_sound) : "|" + word;
        auto const target = symbol(meant);
        for (auto const& choice : choices) {
            if (choice.front() == '<') {
                if (choices.size() > 1) included_.emplace_back(symbol(choice), std::pair{target, 0u});
                continue;
            }
            bool const is_stem = choice.back() == '*';
            auto const bare = is_stem ? choice.substr(0, choice.size() - 1) : choice;
            if (bare.empty()) return problem = "a star alone", 0;
            bool const sound = by_sound && is_latin(bare) && !is_stem && sound_of(bare).size >= 3;
            add_symbol(entry(bare, is_stem ? Manner::stem : Manner::word), target);
            if (sound) add_symbol(entry(bare, Manner::sound), target);
            if (!is_stem) own_.push_back(static_cast<std::uint32_t>(hash_of(bare)));
        }
        return target;
    }

    static std::string plain_symbol_name(std::string const& word, bool by_sound) {
        return word.front() == '<' ? word : (by_sound ? "~" : "=") + word;
    }

    void finish(std::uint64_t version) {
        include_classes();
        auto& made = *made_;
        made.allowed_ = Vocabulary(unique(allowed_));
        own_.insert(own_.end(), allowed_.begin(), allowed_.end());
        made.common_ = Vocabulary(unique(own_));
        made.urdu_class_ = Vocabulary(unique(urdu_class_));
        made.english_class_ = Vocabulary(unique(english_class_));
        std::vector<std::uint32_t> ambiguous;
        for (auto const& term : made.terms_)
            if (!term.is_phrase && (term.is_name || term.needs == static_cast<std::uint32_t>(Role::urdu)))
                ambiguous.push_back(static_cast<std::uint32_t>(hash_of(term.text)));
        made.ambiguous_ = Vocabulary(unique(ambiguous));
        for (std::uint32_t i = 0; i < made.entries_.size(); ++i) index(i);
        made.automaton_.build();
        made.phrases_.build(symbols_.size());
        made.version_ = "l";
        for (int shift = 28; shift >= 0; shift -= 4) made.version_ += "0123456789abcdef"[version >> shift & 15];
    }

    /// Classes within classes and alternatives with classes; twice around serves a class within a class.
    void include_classes() {
        for (int round = 0; round < 3; ++round)
            for (auto& to : made_->entries_)
                for (auto const& [source, target] : included_)
                    if (std::find(to.symbols.begin(), to.symbols.end(), source) != to.symbols.end()) {
                        add_symbol(to, target.first);
                        to.roles |= target.second;
                    }
    }

    void index(std::uint32_t number) {
        auto& made = *made_;
        auto const& word = spelling_[number];
        auto const& entry = made.entries_[number];
        if (!is_latin(word)) {
            made.other_scripts_[hash_of(word)] = number;
            return;
        }
        made.automaton_.add(word, number);
        if (entry.match == Manner::sound)
            if (auto sound = sound_of(word); sound.size >= 2)
                made.sounds_[hash_of(sound.key())].push_back({sound, number});
        if (entry.term != Automaton::nothing) add_disguises(word, entry);
    }

    /// The spellings by which a masked or swapped form is recognised. Only what is worth hiding is hidden.
    void add_disguises(std::string const& word, Entry const& entry) {
        auto& made = *made_;
        auto const severity = static_cast<int>(made.terms_[entry.term].severity);
        if (severity < 2 || word.size() < 3) return;
        std::vector<std::string> forms{word};
        if (entry.match != Manner::word && entry.match != Manner::sound)
            for (auto ending : {"s", "es", "ing", "er", "ers", "ed"}) forms.push_back(word + ending);
        for (auto const& form : forms) {
            if (form.size() > longest_masked) continue;
            made.masks_[form.size() * 26 + static_cast<std::size_t>(form[0] - 'a')].push_back({form, severity});
            if (form.size() < 4) continue;
            auto slip = form;
            for (std::size_t i = 0; i + 1 < form.size(); ++i) {
                if (form[i] == form[i + 1]) continue;
                std::swap(slip[i], slip[i + 1]);
                if (!made.is_common(slip) && entries_.find("0" + slip) == entries_.end() &&
                    entries_.find("1" + slip) == entries_.end())
                    made.slips_.try_emplace(hash_of(slip), entry.term);
                std::swap(slip[i], slip[i + 1]);
            }
            // One letter missing, where enough are left to know the word by.
            constexpr std::size_t shortest = 7;
            if (form.size() < shortest || made.terms_[entry.term].is_urdu) continue;
            for (std::size_t i = 1; i < form.size(); ++i) {
                auto const without = form.substr(0, i) + form.substr(i + 1);
                if (!made.is_common(without) && entries_.find("0" + without) == entries_.end() &&
                    entries_.find("1" + without) == entries_.end())
                    made.slips_.try_emplace(hash_of(without), entry.term);
            }
        }
    }

    static std::vector<std::uint32_t> unique(std::vector<std::uint32_t> hashes) {
        std::sort(hashes.begin(), hashes.end());
        hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
        return hashes;
    }

    std::shared_ptr<Lexicon> made_;
    std::map<std::string, std::uint32_t> symbols_;
    std::map<std::string, std::uint32_t> entries_;
    std::vector<std::string> spelling_;
    std::vector<std::pair<std::uint32_t, std::pair<std::uint32_t, std::uint32_t>>> included_;
    std::vector<std::uint32_t> allowed_, own_, urdu_class_, english_class_;
    std::multimap<std::string, std::uint32_t> terms_by_text_;
};

Result<std::shared_ptr<Lexicon const>> Lexicon::compile(std::span<LexiconSource const> sources,
                                                        Vocabulary const& vocabulary, Vocabulary const& urdu,
                                                        RealWords const& real) {
    return LexiconCompiler(vocabulary, urdu, real).compile(sources);
}

}  // namespace soyuz::judge

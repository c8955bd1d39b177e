#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "judge/lists/lexicon.hpp"
#include "watch/records.hpp"

namespace soyuz::watch {

/// A word or phrase to look for in chats and in what is said.
struct Keyword {
    std::string id;
    std::string text;
    base::UserId added_by;
    base::Timestamp added_at{};

    static std::optional<Keyword> parse(std::string const& id, nlohmann::json const& json);
    std::string document() const;
};

/// A thing to look for in pictures.
struct WatchedObject {
    std::string id;
    std::string label;  ///< as the detector names it
    double threshold = 0.5;
    base::UserId added_by;
    base::Timestamp added_at{};

    static std::optional<WatchedObject> parse(std::string const& id, nlohmann::json const& json);
    std::string document() const;
};

/// What is looked for: the collections `watch_keywords` and `watch_objects`. Thread-safe. Looking takes microseconds
/// and never blocks; what changes the lists waits for the disk.
class Watchlist {
public:
    static constexpr std::size_t most = 2000;

    Watchlist(store::Store& store, base::Clock const& clock);

    using KeywordPtr = Records<Keyword>::Ptr;
    using ObjectPtr = Records<WatchedObject>::Ptr;

    /// Errors: invalid_value; conflict for one that is there; not_found.
    base::Result<KeywordPtr> add_keyword(base::UserId const& by, std::string_view text);
    base::Result<KeywordPtr> change_keyword(std::string_view id, std::string_view text);
    base::Result<KeywordPtr> remove_keyword(std::string_view id);
    std::vector<KeywordPtr> keywords() const;  ///< by their texts
    KeywordPtr keyword(std::string_view id) const { return keywords_.find(id); }

    base::Result<ObjectPtr> add_object(base::UserId const& by, std::string_view label, double threshold);
    base::Result<ObjectPtr> change_object(std::string_view id, std::optional<std::string> const& label,
                                          std::optional<double> threshold);
    base::Result<ObjectPtr> remove_object(std::string_view id);
    std::vector<ObjectPtr> objects() const;  ///< by their labels
    ObjectPtr object(std::string_view id) const { return objects_.find(id); }
    /// How sure the detector must be of one; none where nobody looks for it.
    std::optional<double> threshold_of(std::string_view label) const;

    /// The keywords that a text says, however it is spelt: what is Latin goes through the engine's reading and
    /// automaton, what isn't is compared word by word. Each once, in the order of the list.
    std::vector<std::string> find(std::string_view text) const;

private:
    struct Compiled {
        std::shared_ptr<judge::Lexicon const> lexicon;
        std::map<std::string, std::string, std::less<>> keyword_of;              ///< by the lexicon's term
        std::vector<std::pair<std::string, std::vector<std::string>>> by_words;  ///< keyword and its words
    };
    void compile();

    base::Clock const& clock_;
    Records<Keyword> keywords_;
    Records<WatchedObject> objects_;
    mutable std::shared_mutex mutex_;  ///< guards the pointer
    std::shared_ptr<Compiled const> compiled_;
};

}  // namespace soyuz::watch

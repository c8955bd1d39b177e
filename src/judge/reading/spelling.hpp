#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace soyuz::judge {

/// What the normaliser asks about a spelling. Implemented over the lexicons and the model's vocabulary.
/// Implementations are read-only and may be used from any thread.
class Spelling {
public:
    virtual ~Spelling() = default;

    /// An ordinary word that is to be left as it stands.
    virtual bool is_common(std::string_view word) const = 0;
    virtual bool is_common(std::uint64_t hash) const = 0;

    /// A listed term as a whole word or by its stem: 0 no, 1 mild, 2 moderate, 3 severe.
    virtual int badness(std::string_view word) const = 0;

    /// The listed term that `pattern` hides, where `?` stands for one letter ("f?ck"); empty if none does.
    virtual std::string_view unmask(std::string_view pattern) const = 0;

    /// The listed term of which `word` is a usual slip of the keys ("fcuk"); empty if there is none.
    virtual std::string_view unswap(std::string_view word) const = 0;
};

}  // namespace soyuz::judge

#pragma once

#include "template/language/syntax.hpp"
#include "template/language/token_reader.hpp"

namespace soyuz::jinja {

/// A target before its names are declared: a name, or several.
struct TargetShape {
    std::string name;
    std::uint32_t line = 0;
    bool is_tuple = false;
    std::vector<TargetShape> parts;
};
/// A name, or a tuple in parentheses.
TargetShape read_target_item(TokenReader& reader);
/// The same, or several with commas.
TargetShape read_target(TokenReader& reader);

/// What the tags around the place where the parser stands mean for it.
struct Surroundings {
    Escaping escaping = Escaping::on;
    bool in_conditional = false;  ///< where unknown filters and tests matter only when they are reached
    bool checks_parent = true;    ///< what is printed here is dropped when there is a parent
};

/// The names that are known where the parser stands, and the slots they live in.
class Scopes {
public:
    explicit Scopes(TokenReader const& reader) : reader_(&reader) {}

    /// Names declared while it lives are forgotten with it; with `function`, they live in that one's slots.
    class Inner {
    public:
        explicit Inner(Scopes& scopes, Function* function = nullptr);
        ~Inner() { scopes_.scopes_.pop_back(); }
        Inner(Inner const&) = delete;
        Inner& operator=(Inner const&) = delete;

    private:
        Scopes& scopes_;
    };

    /// Variables set here go to the context: the outermost part of a template.
    void become_context() { scopes_.back().is_context = true; }
    bool is_context() const { return scopes_.back().is_context; }
    void become_loop(For& loop);
    std::uint16_t next_slot() const { return scopes_.back().function->slots; }

    std::uint16_t declare(std::string const& name, bool always_set = true);
    Target declare(TargetShape const& shape, bool always_set);
    /// Finds the places of a name that is read, and notes what the use means for macros and loops.
    void resolve(Name& name);
    std::vector<VisibleName> visible_names() const;
    void use_all_loops();

private:
    struct Scope {
        Function* function = nullptr;
        bool is_context = false;
        For* loop = nullptr;
        struct Entry {
            std::string name;
            std::uint16_t slot;
            bool always_set;
        };
        std::vector<Entry> names;
    };
    void note_use(Scope const& scope, std::string const& name);
    /// Calls `visit` with each scope from the inside and the number of functions around it, until it says true.
    template <class Self, class Visit>
    static void walk_out(Self& scopes, Visit const& visit);

    TokenReader const* reader_;
    std::vector<Scope> scopes_;
};

}  // namespace soyuz::jinja

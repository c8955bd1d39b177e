#pragma once

#include "template/running/renderer.hpp"

namespace soyuz::jinja {

/// A macro, or the body of a call block.
struct Macro final : Thing {
    Macro(Function const& its_function, Activation* its_home, Context& its_context)
        : function(&its_function), home(its_home), context(&its_context) {}
    Function const* function;
    Activation* home;
    Context* context;
    std::string_view type_name() const override { return "Macro"; }
    Value attribute(Renderer& renderer, std::string_view name) override;
    bool is_callable() const override { return true; }
    Value call(Renderer& renderer, Arguments arguments) override;
    /// Writes what it gives to the output.
    void write(Renderer& renderer, Arguments arguments);
};

/// The variable `loop`.
struct Loop final : Thing {
    Loop(Renderer& renderer, Value const& iterable, For const& statement, std::size_t depth)
        : items(renderer.budget, iterable), statement_(statement), depth_(depth) {}
    std::string_view type_name() const override { return "LoopContext"; }
    Value attribute(Renderer& renderer, std::string_view name) override;
    bool is_callable() const override { return true; }
    /// loop(items) of a recursive loop
    Value call(Renderer& renderer, Arguments arguments) override;

    Items items;
    std::size_t index = 0;
    Activation* home = nullptr;  ///< in which a recursive loop stands
    Value last_changed;

private:
    For const& statement_;
    std::size_t depth_;
};

/// self.name() and super()
struct BlockReference final : Thing {
    BlockReference(Context& its_context, std::string_view its_name, std::size_t its_index)
        : context(&its_context), name(its_name), index(its_index) {}
    Context* context;
    std::string_view name;
    std::size_t index;
    std::string_view type_name() const override { return "BlockReference"; }
    Value attribute(Renderer& renderer, std::string_view name) override;
    bool is_callable() const override { return true; }
    Value call(Renderer& renderer, Arguments arguments) override;
};

struct SelfReference final : Thing {
    explicit SelfReference(Context& its_context) : context(&its_context) {}
    Context* context;
    std::string_view type_name() const override { return "TemplateReference"; }
    Value attribute(Renderer& renderer, std::string_view name) override;
};

/// Null where `value` is none.
Macro* macro_in(Value const& value);
/// Undefined where the block has no parent.
Value super_value(Context& context, std::string_view name, std::size_t index);

}  // namespace soyuz::jinja

#pragma once

#include <cstddef>
#include <string_view>

#include "template/running/renderer.hpp"

namespace soyuz::jinja {

/// A macro, or the body of a call block.
struct Macro final : Thing {
    Function const* function = nullptr;
    Activation* home = nullptr;
    Context* context = nullptr;
    std::string_view type_name() const override { return "Macro"; }
    std::string to_text() const override;
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
    std::string to_text() const override;
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
    Context* context = nullptr;
    std::string_view name;
    std::size_t index = 0;
    std::string_view type_name() const override { return "BlockReference"; }
    Value attribute(Renderer& renderer, std::string_view name) override;
    bool is_callable() const override { return true; }
    Value call(Renderer& renderer, Arguments arguments) override;
};

struct SelfReference final : Thing {
    Context* context = nullptr;
    std::string_view type_name() const override { return "TemplateReference"; }
    Value attribute(Renderer& renderer, std::string_view name) override;
};

/// A method of `loop`, looked up but not called.
struct LoopMethod final : Thing {
    Value loop;
    bool is_cycle = false;
    std::string_view type_name() const override { return "method"; }
    bool is_callable() const override { return true; }
    Value call(Renderer& renderer, Arguments arguments) override;
};

struct GlobalFunctionValue final : Thing {
    GlobalFunction const* function = nullptr;
    std::string_view type_name() const override { return "function"; }
    bool is_callable() const override { return true; }
    Value call(Renderer& renderer, Arguments arguments) override;
};

bool is_macro(Value const& value);
Value self_value(Context& context);
/// Undefined where the block has no parent.
Value super_value(Context& context, std::string_view name, std::size_t index);
Value global_value(GlobalFunction const& function);

}  // namespace soyuz::jinja

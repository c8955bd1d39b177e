#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "template/engine.hpp"

/// Templates in memory that a test may change. Thread-safe.
class MemorySource final : public soyuz::jinja::TemplateSource {
public:
    void put(std::string const& name, std::string text) {
        std::lock_guard const lock(mutex_);
        texts_[name] = {std::move(text), std::to_string(++changes_)};
    }
    void remove(std::string const& name) {
        std::lock_guard const lock(mutex_);
        texts_.erase(name);
    }
    std::optional<Text> read(std::string_view name) const override {
        std::lock_guard const lock(mutex_);
        ++reads;
        auto const found = texts_.find(std::string(name));
        return found == texts_.end() ? std::nullopt : std::optional(found->second);
    }
    std::string version(std::string_view name) const override {
        std::lock_guard const lock(mutex_);
        auto const found = texts_.find(std::string(name));
        return found == texts_.end() ? std::string() : found->second.version;
    }
    bool is_fixed() const override { return fixed; }
    mutable int reads = 0;
    bool fixed = false;

private:
    mutable std::mutex mutex_;
    std::map<std::string, Text> texts_;
    int changes_ = 0;
};

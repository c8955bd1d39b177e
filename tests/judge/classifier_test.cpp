#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include <catch2/catch.hpp>

#include "judge/classifier/model.hpp"
#include "judge/commands.hpp"
#include "judge/engine.hpp"
#include "judge/training/scores.hpp"

using namespace soyuz::judge;

namespace {

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("training-" + std::to_string(std::random_device{}()));
    Folder() { std::filesystem::create_directory(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file(char const* name) const { return (path / name).string(); }
};

std::string content(std::string const& file) {
    std::ostringstream out;
    out << std::ifstream(file, std::ios::binary).rdbuf();
    return out.str();
}

void write_data(std::string const& file) {
    std::ofstream out(file);
    out << "text,label\n";
    for (int i = 0; i < 60; ++i) {
        out << "\"you are a grumpy glorb, \"\"number\"\" " << i << "\",1\n";
        out << "a lovely day for walk " << i << ",0\n";
    }
}

}  // namespace

TEST_CASE("training twice gives the same bytes, and the model knows what it was taught") {
    Folder folder;
    write_data(folder.file("data.csv"));
    REQUIRE(train({.data = {folder.file("data.csv")},
                   .out = folder.file("one.model"),
                   .held_out = {folder.file("data.csv")}}) == 0);
    REQUIRE(train({.data = {folder.file("data.csv")}, .out = folder.file("two.model"), .held_out = {}}) == 0);
    CHECK(content(folder.file("one.model")) == content(folder.file("two.model")));
    CHECK(content(folder.file("one.model.json")).find("roc_auc\": 1.0000") != std::string::npos);

    EngineOptions options;
    options.model_file = folder.file("one.model");
    auto engine = Engine::open(options);
    REQUIRE(engine);
    CHECK((*engine)->judge("such a grumpy glorb", {}).probability > (*engine)->judge("a lovely walk", {}).probability);
}

TEST_CASE("bad training data is refused with the line") {
    Folder folder;
    for (auto text : {"text\nhello\n", "text,label\nhello,maybe\n", "text,label\nhello\n", "text,label\nhello,0\n"}) {
        std::ofstream(folder.file("data.csv")) << text;
        CHECK(train({.data = {folder.file("data.csv")}, .out = folder.file("x.model"), .held_out = {}}) == 65);
    }
    CHECK(train({.data = {folder.file("absent.csv")}, .out = folder.file("x.model"), .held_out = {}}) == 65);
}

TEST_CASE("a model file is read back as it was written, a damaged one is refused") {
    Head head;
    head.bits = 4;
    head.weights.assign(16, 3);
    auto const made = Model::make({.toxic = head, .urdu = head, .spam = {}, .words = {1, 2, 3}, .urdu_words = {4}});
    auto const bytes = made->bytes();
    auto read = Model::read(bytes);
    REQUIRE(read);
    CHECK((*read)->bytes() == bytes);
    CHECK((*read)->version() == made->version());
    for (std::size_t cut : {std::size_t{0}, std::size_t{7}, bytes.size() / 2, bytes.size() - 1})
        CHECK_FALSE(Model::read(bytes.substr(0, cut)));
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        auto damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        CHECK_FALSE(Model::read(damaged));
    }
}

TEST_CASE("the built-in model is there, small and sound") {
    CHECK_FALSE(built_in_model().empty());
    CHECK(built_in_model().size() <= 5'000'000);
    CHECK(Model::read(built_in_model()));
}

TEST_CASE("figures are what their definitions say") {
    std::vector<Scored> const scored{{0.9, true}, {0.8, false}, {0.7, true}, {0.1, false}};
    CHECK(roc_auc(scored) == Approx(0.75));
    CHECK(pr_auc(scored) == Approx((1.0 + 2.0 / 3) / 2));
    CHECK(roc_auc({{0.5, true}, {0.5, false}}) == Approx(0.5));
    auto const rates = rates_at(scored, 0.75);
    CHECK(rates.precision == Approx(0.5));
    CHECK(rates.recall == Approx(0.5));
    CHECK(rates.macro_f1 == Approx(0.5));
}

TEST_CASE("moderate answers each line with one line") {
    auto engine = Engine::open();
    REQUIRE(engine);
    std::istringstream in("Hello world\n\nYou're a fucking idiot\r\nlast without end");
    std::ostringstream out;
    CHECK(moderate(in, out, **engine) == 0);
    std::istringstream lines(out.str());
    std::vector<std::string> answers;
    for (std::string line; std::getline(lines, line);) answers.push_back(line);
    REQUIRE(answers.size() == 4);
    CHECK(answers[0].find("\"action\":\"allow\"") != std::string::npos);
    CHECK(answers[1].find("\"action\":\"allow\"") != std::string::npos);
    CHECK(answers[2].find("\"action\":\"block\"") != std::string::npos);
}

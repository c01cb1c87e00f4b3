#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/law/law.hpp"
#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using ::testing::HasSubstr;

TEST(Laws, ListsEveryLaw) {
  const Ran ran = run_rung({"laws"});
  EXPECT_EQ(ran.status, 0);
  for (const Law* law : built_in_laws())
    EXPECT_THAT(ran.out, HasSubstr("\n" + law->info.name + " "));
}

TEST(Laws, ShowsOneInFull) {
  const Ran ran = run_rung({"laws", "chinchilla"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  for (const char* part :
       {"E + A / N^alpha + B / D^beta", "2203.15556", "irreducible loss", "410.7", "⣀"}) {
    EXPECT_THAT(ran.out, HasSubstr(part));
  }
}

TEST(Laws, ShowsEachWithoutFail) {
  for (const Law* law : built_in_laws()) {
    const Ran ran = run_rung({"laws", law->info.name, "--json", "-"});
    ASSERT_EQ(ran.status, 0) << law->info.name << ran.err;
    const auto result = nlohmann::json::parse(ran.out)["results"][0];
    EXPECT_EQ(result["formula"], law->info.formula);
    EXPECT_EQ(result["parameters"].size(), law->info.parameters.size());
  }
}

TEST(Laws, DrawsAPicture) {
  const TempFolder folder;
  const std::string path = (folder.path() / "shape.svg").string();
  EXPECT_EQ(run_rung({"laws", "data-constrained", "-o", path}).status, 0);
  EXPECT_THAT(read_file(path),
              testing::AnyOf(HasSubstr("unique training tokens"), HasSubstr("data-constrained")));
}

TEST(Laws, UnknownNameGetsTheNearest) {
  const Ran ran = run_rung({"laws", "chinchila"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("chinchilla"));
  EXPECT_EQ(run_rung({"laws", "-o", "shape.png"}).status, 2);
}

/// A user's law, with what a built-in one has.
class OwnLaws : public testing::Test {
 protected:
  OwnLaws() {
    folder_.write("mine.toml",
                  "name = \"mine\"\ntitle = \"my law\"\nformula = \"E + A / N^alpha\"\n"
                  "residual = \"log\"\n[inputs]\nN = { typical = [1e7, 1e10] }\n[parameters]\n"
                  "A = { lower = 0, typical = 400 }\nE = { lower = 0, typical = 1.7 }\n"
                  "alpha = { typical = 0.3 }\n");
    std::string table = "N,loss\n";
    for (double n = 1e7; n < 1e10; n *= 1.5)
      table += shortest(n) + "," + shortest(1.7 + 400 / std::pow(n, 0.3)) + "\n";
    folder_.write("runs.csv", table);
  }
  std::string path(const char* name) const { return (folder_.path() / name).string(); }

  TempFolder folder_;
};

TEST_F(OwnLaws, AreListedAndShown) {
  const Ran listed = run_rung({"laws", "--laws", path("mine.toml")});
  EXPECT_THAT(listed.out, HasSubstr("\nmine "));
  EXPECT_THAT(listed.out, HasSubstr("\nchinchilla "));
  const Ran shown = run_rung({"laws", "mine", "--laws", folder_.path().string()});
  EXPECT_EQ(shown.status, 0) << shown.err;
  for (const char* part : {"mine: my law", "E + A / N^alpha", "log residuals", "⣀"})
    EXPECT_THAT(shown.out, HasSubstr(part));
  EXPECT_EQ(run_rung({"laws", "mine"}).status, 2);
}

TEST_F(OwnLaws, AreFittedAndSavedWhole) {
  const Ran fitted =
      run_rung({"fit", path("runs.csv"), "--laws", path("mine.toml"), "--law", "mine",
                "--bootstrap", "0", "--json", "-", "--save-fit", path("fit.json")});
  ASSERT_EQ(fitted.status, 0) << fitted.err;
  const auto json = nlohmann::json::parse(fitted.out);
  EXPECT_THAT(json["context"]["inputs"].dump(), HasSubstr("mine.toml"));
  EXPECT_NEAR(json["results"][0]["fit"]["parameters"]["alpha"]["value"].get<double>(), 0.3, 1e-6);
  std::filesystem::remove(path("mine.toml"));
  const Ran predicted = run_rung({"predict", path("fit.json"), "--at", "N=1e11", "--json", "-"});
  ASSERT_EQ(predicted.status, 0) << predicted.err;
  EXPECT_NEAR(nlohmann::json::parse(predicted.out)["results"][0]["predictions"][0]["predicted"]
                  .get<double>(),
              1.7 + 400 / std::pow(1e11, 0.3), 1e-6);
}

TEST_F(OwnLaws, AreCheckedLikeBuiltInOnes) {
  const Ran good = run_rung({"laws", "--check", path("mine.toml")});
  EXPECT_EQ(good.status, 0) << good.out << good.err;
  for (const char* check : {"derivatives", "parameters", "unit of N", "recovery", "All pass."})
    EXPECT_THAT(good.out, HasSubstr(check));
  folder_.write("twice.toml",
                "name = \"twice\"\nformula = \"a * b * x\"\n[inputs]\nx = { typical = [1, 9] }\n"
                "[parameters]\na.typical = 1\nb.typical = 2\n");
  const Ran bad = run_rung({"laws", "--check", path("twice.toml"), "--json", "-"});
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.out, HasSubstr("a, b can't be told apart"));
}

TEST_F(OwnLaws, EveryProblemOfEveryFileIsTold) {
  folder_.write("a.toml",
                "name = \"chinchilla\"\nformula = \"a * x\"\n[inputs]\n"
                "x = { typical = [1, 9] }\n[parameters]\na.typical = 1\n");
  folder_.write("b.toml", "name = \"b\"\nformulla = \"a * x\"\n");
  const Ran ran =
      run_rung({"fit", path("runs.csv"), "--laws", folder_.path().string(), "--law", "mine"});
  EXPECT_EQ(ran.status, 2);
  for (const char* part : {"a.toml: error: 'chinchilla' is the name of a built-in law",
                           "b.toml:1:1: error: there is no input",
                           "b.toml:2:1: error: unknown key 'formulla' (did you mean 'formula'?)"})
    EXPECT_THAT(ran.err, HasSubstr(part));
  EXPECT_EQ(run_rung({"laws", "--laws", path("nowhere.toml")}).status, 2);
}

/// docs/laws.md's table, between its two comments, is the catalogue's. RUNG_UPDATE_DOCS=1 in the
/// environment writes it instead.
TEST(Laws, AreDocumented) {
  std::string table = "| law | predicts | formula | source |\n|---|---|---|---|\n";
  for (const Law* law : built_in_laws()) {
    table += "| `" + law->info.name + "` | " + law->info.title + " | `" + law->info.formula +
             "` | " + law->info.source + " |\n";
  }
  const std::filesystem::path path = std::filesystem::path(RUNG_SOURCE_DIR) / "docs" / "laws.md";
  const std::string text = read_file(path), open = "<!-- catalogue -->\n",
                    close = "<!-- end of catalogue -->";
  const std::size_t begin = text.find(open) + open.size(), end = text.find(close);
  ASSERT_NE(end, std::string::npos);
  if (std::getenv("RUNG_UPDATE_DOCS") != nullptr) {
    write_file(path, text.substr(0, begin) + table + text.substr(end));
    return;
  }
  EXPECT_EQ(text.substr(begin, end - begin), table);
}

}  // namespace
}  // namespace rung::cli

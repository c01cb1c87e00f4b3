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

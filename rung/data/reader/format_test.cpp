#include "rung/data/reader/format.hpp"

#include <gmock/gmock.h>

#include <set>

namespace rung {
namespace {

TEST(Formats, AreListedOnceEach) {
  std::set<std::string> names;
  for (const Format& format : formats()) {
    EXPECT_TRUE(names.insert(format.name).second) << format.name;
    EXPECT_FALSE(format.description.empty()) << format.name;
    EXPECT_FALSE(format.endings.empty()) << format.name;
    for (const std::string& ending : format.endings) EXPECT_EQ(ending.front(), '.') << format.name;
    EXPECT_EQ(&find_format(format.name), &format);
  }
  EXPECT_TRUE(names.count("csv") && names.count("tsv") && names.count("json"));
}

TEST(Formats, TheEndingNarrowsAndTheContentChooses) {
  const auto name = [](const char* content, const char* source) {
    return recognised_format(content, source).name;
  };
  EXPECT_EQ(name("a,b\n", "x.csv"), "csv");
  EXPECT_EQ(name("{\"a\": 1}\n", "x.csv"), "csv");  // an ending that is known counts
  EXPECT_EQ(name("a\tb\n", "x.tsv.gz"), "tsv");
  EXPECT_EQ(name("a,b\n", "runs"), "csv");
  EXPECT_EQ(name("[{\"a\": 1}]", "runs"), "json");
  EXPECT_EQ(name("{\"a\": 1}\n{\"a\": 2}\n", "x.json"), "jsonl");
  EXPECT_EQ(name("{\"a\": 1}\n{\"a\": 2}\n", "runs"), "jsonl");
  EXPECT_EQ(name("{\"a\": 1}", "x.jsonl"), "jsonl");
  EXPECT_EQ(name("{\n\"epoch\": 1, \"log_history\": []}", "x.json"), "trainer_state");
  EXPECT_EQ(name("no JSON", "x.json"), "json");
}

}  // namespace
}  // namespace rung

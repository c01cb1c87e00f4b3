#include <nlohmann/json.hpp>

#include "tests/cli/hostile.hpp"
#include "tests/support/xml_check.hpp"

namespace rung::cli {
namespace {

using ::testing::HasSubstr;

/// What a column's cell, and so a group, a model or a file, may be called.
const std::vector<std::string> kNames = {"esc\x1b[31mred",
                                         "bell\x07",
                                         "quote\"d",
                                         "apo'strophe",
                                         "a<b>&c",
                                         "=1+1",
                                         "@SUM(A1)",
                                         "-2+3",
                                         "+cmd|' /C calc'!A0",
                                         "rtl\u202Eabc",
                                         "zero\u200Bwidth",
                                         "\u009b31m",
                                         "a_b%c$d#e{f}~^\\g",
                                         "naïve 日本",
                                         "comma,semi;",
                                         "`tick`",
                                         "<script>alert(1)</script>",
                                         "]]>",
                                         "&amp;",
                                         "\x7f",
                                         "\xff\xfe\xc0",
                                         "\xed\xa0\x80",
                                         "back\\slash",
                                         "x",
                                         "{}"};

std::string quoted(const std::string& text) {
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? "\"\"" : std::string(1, c);
  return cell + '"';
}

std::string runs_of_groups() {
  std::string runs = "N,D,loss,g\n";
  int i = 0;
  for (const std::string& name : kNames) {
    for (const double n : {1e8, 4e8, 1.6e9}) {
      for (const double ratio : {5., 80.}) {
        const double noise = 1 + 0.003 * std::sin(12.9 * ++i);
        const double loss =
            (1.7 + 400 / std::pow(n, 0.34) + 410 / std::pow(n * ratio, 0.28)) * noise;
        runs += fmt::format("{},{},{},{}\n", n, n * ratio, loss, quoted(name));
      }
    }
  }
  return runs;
}

/// No character acts on a terminal; whatever stands for one is seen.
void expect_seen(const std::string& text) {
  EXPECT_TRUE(std::none_of(text.begin(), text.end(),
                           [](char c) { return (c >= 0 && c < ' ' && c != '\n') || c == '\x7f'; }));
  for (const char* acting : {"\u202E", "\u200B", "\u009b", "\xff"})
    EXPECT_THAT(text, ::testing::Not(HasSubstr(acting)));
}

TEST(HostileNames, AreTextWhereverTheyGo) {
  const HostileFolder folder;
  folder.write("t.csv", runs_of_groups());
  const Ran ran = run_rung(words_of_line(
      "fit t.csv --law chinchilla --x N=N,D=D --fix alpha=0.34 --fix beta=0.28 --group-by g "
      "--bootstrap 0 --csv out.csv --json out.json -o out.svg"));
  ASSERT_EQ(ran.status, 0) << ran.err;
  expect_seen(ran.out);
  EXPECT_THAT(ran.out, HasSubstr("esc\\x1b[31mred"));
  EXPECT_THAT(ran.out, HasSubstr("rtl\\u202eabc"));
  EXPECT_THAT(ran.out, HasSubstr("\\xff\\xfe\\xc0"));

  const std::string csv = read_file("out.csv");
  for (const char* formula : {"\n=1+1", "\n@SUM", "\n-2+3", "\n+cmd"})
    EXPECT_THAT(csv, ::testing::Not(HasSubstr(formula)));
  EXPECT_THAT(csv, HasSubstr("\n'=1+1,"));
  EXPECT_EQ(XmlCheck(read_file("out.svg")).problem(), "");
  EXPECT_FALSE(nlohmann::json::parse(read_file("out.json"), nullptr, false).is_discarded());
}

TEST(HostileNames, EachDrawsAPicture) {
  const HostileFolder folder;
  for (const std::string& name : kNames) {
    SCOPED_TRACE(name);
    folder.write("t.csv", "N,loss,g\n1e8,3.1,a\n2e8,2.9,a\n4e8,2.8,a\n8e8,2.72,a\n1e8,3.3," +
                              quoted(name) + "\n2e8,3.1," + quoted(name) + "\n4e8,2.9," +
                              quoted(name) + "\n8e8,2.84," + quoted(name) + "\n");
    const Ran ran = run_rung(words_of_line(
        "fit t.csv --formula E+A/N^0.3 --x N=N --group-by g --bootstrap 0 -o out.svg"));
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(XmlCheck(read_file("out.svg")).problem(), "");
  }
}

TEST(HostileNames, ErrorsShowThem) {
  const HostileFolder folder;
  std::vector<Hostile> rows;
  for (const std::string& name : kNames) {
    rows.push_back({"heading", "fit t.csv --formula E+A/x --x x=no --bootstrap 0", "'no'", 2,
                    quoted(name) + ",loss\n1,3\n2,2\n3,1\n"});
    rows.push_back({"cell", "fit t.csv --formula E+A/x --x x=x --bootstrap 0", "t.csv:3", 2,
                    "x,loss\n1,3\n" + quoted(name + "!") + ",2\n3,1\n"});
    if (name.find('\'') == std::string::npos && name.find('"') == std::string::npos)
      rows.push_back({"file", "fit '" + name + ".csv' --law chinchilla", ".csv", 2});
  }
  folder.run(rows);
}

/// A line break in a name begins no line, which would pass for one of ours.
TEST(HostileNames, BeginNoLine) {
  const HostileFolder folder;
  std::string runs = "N,D,loss,g,\"na\nwarning: forged\"\n";
  int i = 0;
  for (const char* group : {"a\nwarning: forged", "b\u2028warning: forged"}) {
    for (const double n : {1e8, 2e8, 4e8, 8e8, 1.6e9}) {
      for (const double ratio : {5., 20., 80.}) {
        const double noise = 1 + 0.03 * std::sin(12.9 * ++i);
        const double loss =
            (1.7 + 400 / std::pow(n, 0.34) + 410 / std::pow(n * ratio, 0.28)) * noise;
        runs += fmt::format("{},{},{},\"{}\",1\n", n, n * ratio, loss, group);
      }
    }
  }
  folder.write("t.csv", runs);
  const std::string what = " t.csv --law chinchilla --x N=N,D=D --group-by g ";
  for (const std::string& line :
       {"fit" + what + "--at N=7e9,D=2e12", "fit" + what + "--multiplier C",
        "backtest" + what + "--at N=7e9,D=2e12", "allocate" + what + "--budget 1e22",
        "allocate" + what + "--approach 2 --budget 1e22", "fit" + what + "--y nameless",
        "fit" + what + "--y loss+nameless", "fit" + what + "--where N>1.5e9"}) {
    const Ran ran = run_rung(words_of_line(line));
    for (const std::string& text : {ran.out, ran.err}) {
      EXPECT_THAT(text, ::testing::Not(HasSubstr("\nwarning: forged"))) << line;
      EXPECT_THAT(text, ::testing::Not(HasSubstr("\u2028"))) << line;
    }
  }
}

/// A name as long as a book is cut in errors.
TEST(HostileNames, LongOnesAreCut) {
  HostileFolder().run(std::vector<Hostile>{
      {"heading", "fit t.csv --formula E+A/x --x x=x --bootstrap 0", "'x'", 2,
       repeated("x", 100'000) + ",loss\n1,3\n2,2\n3,1\n"},
      {"cell", "fit t.csv --formula E+A/x --x x=x --bootstrap 0", "t.csv:2", 2,
       "x,loss\n" + repeated("word ", 100'000) + ",3\n2,2\n3,1\n"},
      {"option", "fit runs.csv --law " + repeated("chinchilla", 10'000), "there is no law"},
  });
}

/// What is written out in place of a character counts where lines are broken.
TEST(HostileNames, NotesOfThemFitTheLine) {
  const HostileFolder folder;
  folder.write("t.csv", "model,step,loss\n\"a\x1b[31m\",1,2\n");
  const Ran ran = run_rung(words_of_line("import t.csv -o out.csv"));
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("a\\x1b[31m has 31M"));
  for (std::size_t begin = 0, end; begin < ran.out.size(); begin = end + 1) {
    end = ran.out.find('\n', begin);
    EXPECT_LE(end - begin, 80u) << ran.out.substr(begin, end - begin);
  }
}

TEST(HostileNames, LatexIsEscaped) {
  const HostileFolder folder;
  const Ran ran = run_rung(words_of_line(
      "ladder step1 -c published:olmo-ladder/configs/final.json -k hellaswag_val_5shot "
      "--print_table_as_latex"));
  ASSERT_EQ(ran.status, 0) << ran.err;
  for (std::size_t at = 0; (at = ran.out.find_first_of("_%#", at)) != std::string::npos; ++at)
    EXPECT_EQ(ran.out[at - 1], '\\') << ran.out.substr(at > 20 ? at - 20 : 0, 40);
}

}  // namespace
}  // namespace rung::cli

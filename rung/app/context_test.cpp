#include "rung/app/context.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "rung/core/error.hpp"
#include "rung/system/file.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

Document some_document() {
  Document document;
  document.add(Paragraph{"for people"}).set_results({{{"x", 1.5}}});
  document.rows.add_column("csv");
  return document;
}

class Context : public ::testing::Test {
 protected:
  std::string place(const std::string& name) const { return (folder_.path() / name).string(); }

  const TempFolder folder_;
  std::ostringstream out_, err_;
  CommandContext context_{out_, err_};
  const Answer answer_{some_document()};
};

TEST_F(Context, NotesAndWarningsFitTheWidthOfText) {
  std::string words = "a";
  for (int i = 0; i < 30; ++i) words += " word";
  for (const bool wide : {false, true}) {
    std::ostringstream out, err;
    CommandContext context(out, err);
    context.common.wide = wide;
    context.note(words);
    context.warn(words);
    std::istringstream lines(err.str());
    std::size_t n_lines = 0;
    for (std::string line; std::getline(lines, line); ++n_lines)
      EXPECT_LE(line.size(), wide ? 1000u : 80u) << line;
    EXPECT_EQ(n_lines, wide ? 2u : 6u);
  }
}

TEST_F(Context, TextGoesToStandardOutputByDefault) {
  context_.emit(answer_);
  EXPECT_EQ(out_.str(), "for people\n");
  EXPECT_EQ(err_.str(), "");
}

TEST_F(Context, FilesAreWrittenBesideTheText) {
  context_.common.json_path = place("new/folder/x.json");
  context_.common.csv_path = place("x.csv");
  context_.add_file(place("x.svg"), "<svg/>");
  context_.command = "ladder step1";
  context_.note_input(folder_.write("runs.csv", "abc"));
  context_.note_input(place("runs.csv"));
  context_.warn("few points");
  context_.emit(answer_);
  EXPECT_EQ(out_.str(), "for people\n");
  EXPECT_EQ(err_.str(), "warning: few points\nnote: made the folder '" + place("new") + "'\n");
  EXPECT_EQ(read_file(place("x.csv")), "csv\n");
  EXPECT_EQ(read_file(place("x.svg")), "<svg/>");
  const Json json = Json::parse(read_file(place("new/folder/x.json")));
  EXPECT_EQ(json["command"], "ladder step1");
  EXPECT_EQ(json["warnings"], Json({"few points"}));
  EXPECT_EQ(json["results"], answer_.document.results());
  ASSERT_EQ(json["context"]["inputs"].size(), 1u);
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(json["context"]["inputs"][0]["sha256"],
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(Context, DashReplacesTheText) {
  context_.common.csv_path = "-";
  context_.emit(answer_);
  EXPECT_EQ(out_.str(), "csv\n");
}

TEST_F(Context, AFailedWriteLeavesNoFileAndNoText) {
  folder_.write("old.csv", "old");
  context_.common.csv_path = place("old.csv");
  context_.common.json_path = place("new.json");
  folder_.write("in-the-way", "");
  context_.add_file(place("first.svg"), "<svg/>");
  context_.emit(answer_);
  EXPECT_TRUE(fs::exists(place("first.svg")));
  fs::remove(place("first.svg"));
  fs::remove(place("new.json"));
  out_.str("");

  context_.add_file(place("first.svg"), "<svg/>");
  context_.add_file(place("in-the-way/second.svg"), "<svg/>");
  EXPECT_THROW(context_.emit(answer_), InputError);
  EXPECT_EQ(out_.str(), "");
  EXPECT_FALSE(fs::exists(place("first.svg")));
  EXPECT_FALSE(fs::exists(place("new.json")));
  EXPECT_TRUE(fs::exists(place("old.csv")));
}

TEST_F(Context, NoOutputTakesTheFileOfAnInputOrOfAnotherOutput) {
  context_.note_input(folder_.write("runs.csv", "abc"));
  context_.note_input("standard input", "abc");
  context_.common.csv_path = (folder_.path() / "." / "runs.csv").string();
  EXPECT_THROW(context_.emit(answer_), InputError);
  EXPECT_EQ(read_file(place("runs.csv")), "abc");
  EXPECT_EQ(out_.str(), "");
}

TEST_F(Context, TwoOutputsAreNotOneFile) {
  context_.add_file("no-such.json", "{}");
  context_.common.json_path = "./no-such.json";
  EXPECT_THROW(context_.emit(answer_), InputError);
  EXPECT_FALSE(fs::exists("no-such.json"));
}

TEST_F(Context, TwoOutputsInAFolderAreNotOneFile) {
  context_.add_file(folder_.path() / "." / "fit.json", "{}");
  context_.common.json_path = place("fit.json");
  EXPECT_THROW(context_.emit(answer_), InputError);
  EXPECT_FALSE(fs::exists(place("fit.json")));
}

std::string problem_with(const CommonOptions& common) {
  try {
    check_outputs(common);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST_F(Context, PlacesAreCheckedBeforehand) {
  folder_.write("file", "");
  CommonOptions common;
  EXPECT_EQ(problem_with(common), "");
  common.json_path = place("not/yet/there.json");
  EXPECT_EQ(problem_with(common), "");
  common.json_path = place("file/x.json");
  EXPECT_EQ(problem_with(common), place("file/x.json") + ": error: can't be written: '" +
                                      place("file") + "' is not a folder");
  common.json_path = folder_.path().string();
  EXPECT_THAT(problem_with(common), HasSubstr("is a folder; give a file name in it"));
}

TEST_F(Context, AFigureIsOfAKnownFormat) {
  CommonOptions common;
  for (const char* name : {"a.png", "a.pdf", "a.svg", "a.html"}) {
    common.figure_path = place(name);
    EXPECT_EQ(problem_with(common), "");
  }
  for (const char* name : {"a.jpg", "a", "png"}) {
    common.figure_path = place(name);
    EXPECT_THAT(problem_with(common), HasSubstr("(take .png, .pdf, .svg or .html)"));
  }
}

}  // namespace
}  // namespace rung::app

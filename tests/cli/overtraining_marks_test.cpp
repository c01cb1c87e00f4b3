// What the testbed's figure 1 and tables refuse and mark.
#include <nlohmann/json.hpp>

#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(OvertrainingFigure1, figure1_marks_what_no_error_is) {
  const TempFolder folder;
  const std::string figure = (folder.path() / "f.svg").string();
  const Ran ran = run_rung({"overtraining", "figure1", "--train-set", "rw_original", "--error-set",
                            "squad", "-o", figure, "--json", (folder.path() / "f.json").string()});
  EXPECT_THAT(ran.out, AllOf(HasSubstr("-1.034 (!)"), HasSubstr("(!) below 0 or above 1")));
  EXPECT_THAT(read_file(figure), AllOf(HasSubstr("(!): for "), HasSubstr("none (!), the law says"),
                                       Not(HasSubstr("303"))));
  EXPECT_THAT(read_file(folder.path() / "f.json"), HasSubstr("which no error is"));
}

/// Where the text of `fit` says that an error is not to be predicted from loss, so does figure 1.
TEST(OvertrainingFigure1, tells_the_doubts_about_its_error) {
  const TempFolder folder;
  const std::string figure = (folder.path() / "f.svg").string();
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"overtraining", "figure1", "--train-set", "rpj"});
    return run_rung(words);
  };
  const Ran ran = run({"--error-set", "boolq", "-o", figure});
  const char* why = "not to be predicted from loss: not monotone";
  EXPECT_THAT(ran.out, HasSubstr(why));
  EXPECT_THAT(ran.err, HasSubstr("the error of boolq is not to be predicted from loss"));
  EXPECT_THAT(read_file(figure), AllOf(HasSubstr("RedPajama (!): "), HasSubstr(why),
                                       HasSubstr("Error predicted for (!)")));
  const json answer = json::parse(run({"--error-set", "boolq", "--json", "-"}).out);
  EXPECT_THAT(answer["warnings"].dump(), HasSubstr(why));
  EXPECT_THAT(answer["results"][0]["doubt"].get<std::string>(), HasSubstr(why));
  EXPECT_THAT(run({"-o", figure}).out, Not(HasSubstr("(!)")));
  EXPECT_THAT(read_file(figure), Not(HasSubstr("(!)")));
}

/// Through the true loss as through the predicted one; programs get the numbers, and why not.
TEST(OvertrainingFit, marks_what_no_error_is_through_either_loss) {
  const TempFolder folder;
  const std::string saved = (folder.path() / "e.json").string();
  const std::vector<std::string> sets = {"--train-set", "rpj",         "--loss-set",
                                         "c4_val",      "--error-set", "winogrande"};
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "overtraining");
    words.insert(words.end(), sets.begin(), sets.end());
    return run_rung(words);
  };
  const Ran ran = run({"fit", "--save-error-fit", saved});
  EXPECT_THAT(ran.out, AllOf(HasSubstr("-6.875e9 (!)"), HasSubstr("-4.499e10 (!)"),
                             HasSubstr("(!) below 0 or above 1"), Not(HasSubstr("\n\n\n"))));
  EXPECT_THAT(run_rung({"predict", saved, "--wide", "--at", "L=2.5"}).err,
              HasSubstr("off by > 1000% (relative)"));
  const json error =
      json::parse(run({"fit", "--json", "-"}).out)["results"][0]["targets"].back()["error"];
  EXPECT_LT(error["from_true_loss"]["predicted"], -1e9);
  EXPECT_THAT(error["from_true_loss"]["doubt"].get<std::string>(), HasSubstr("which no error is"));
  EXPECT_THAT(error["doubt"].get<std::string>(), HasSubstr("which no error is"));
  for (const char* table : {"error-predictions", "all-predictions"}) {
    EXPECT_THAT(run({"table", table}).out,
                AllOf(HasSubstr("-4.499e10 (!)"), HasSubstr("(!) below 0 or above 1")));
    const json rows = json::parse(run({"table", table, "--json", "-"}).out)["results"];
    EXPECT_TRUE(rows.back()["error_predicted"].is_number()) << table;
    EXPECT_THAT(rows.back()["doubt"].get<std::string>(), HasSubstr("which no error is")) << table;
    EXPECT_THAT(run({"table", table, "--csv", "-"}).out, HasSubstr("which no error is")) << table;
  }
  for (const char* command : {"fit", "figure1"}) {
    EXPECT_THAT(run({command, "--csv", "-"}).out,
                AllOf(HasSubstr("doubt"), HasSubstr("which no error is")))
        << command;
  }
}

TEST(OvertrainingTable, options_of_a_table_need_its_name) {
  for (const std::vector<std::string>& of_one :
       {std::vector<std::string>{"--latex", "-"}, {"--train-set", "rpj"}}) {
    std::vector<std::string> words = {"overtraining", "table"};
    words.insert(words.end(), of_one.begin(), of_one.end());
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("NAME says which table"));
  }
}

TEST(OvertrainingSets, several_sets_are_refused_where_one_is_shown) {
  const auto run = [](std::vector<std::string> words) {
    words.insert(words.begin(), "overtraining");
    return run_rung(words);
  };
  const std::vector<std::string> two = {"--loss-set", "c4_val", "--loss-set", "openlm"};
  for (const std::vector<std::string>& words : {std::vector<std::string>{"figure1"},
                                                {"tokens"},
                                                {"tasks"},
                                                {"correlation"},
                                                {"table", "tokens"},
                                                {"table", "predictability"},
                                                {"table", "correlation"}}) {
    std::vector<std::string> asked = words;
    asked.insert(asked.end(), two.begin(), two.end());
    const Ran ran = run(std::move(asked));
    EXPECT_EQ(ran.status, 2) << words.back();
    EXPECT_THAT(ran.err, HasSubstr("one --loss-set is shown here, and there are 2"));
    if (words.size() > 1) continue;
    const std::string help = run({words[0], "--help"}).out;
    EXPECT_THAT(help.substr(help.find("--loss-set"), 80), Not(HasSubstr("more than once")));
  }
  EXPECT_THAT(run({"fit", "--help"}).out, HasSubstr("such as c4_val; may be given"));
  EXPECT_THAT(
      run({"table", "configuration", "--train-set", "rpj", "--train-set", "c4_original"}).err,
      HasSubstr("one --train-set is shown here"));
  EXPECT_THAT(run({"table", "correlation", "--error-set", "mmlu"}).err,
              HasSubstr("table correlation takes no --error-set"));
}

}  // namespace
}  // namespace rung::cli

// What the testbed's figure 1 and tables refuse and mark.
#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

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

}  // namespace
}  // namespace rung::cli

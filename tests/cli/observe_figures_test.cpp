// What tells families apart in the figures of rung observe.
#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(ObserveFigures, families_of_one_colour_differ_in_dashes) {
  const TempFolder folder;
  const std::string svg = (folder.path() / "pca.svg").string();
  run_rung({"observe", "pca", "-o", svg});
  // 19 families, and six colours.
  EXPECT_THAT(read_file(svg),
              AllOf(HasSubstr("stroke-dasharray=\"6 4\""), HasSubstr("stroke-dasharray=\"1.5 3\""),
                    HasSubstr("stroke-dasharray=\"7 3 1.5 3\"")));
}

}  // namespace
}  // namespace rung::cli

#include "rung/figure/ladder/compute_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rung::ladder {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

/// Of two parts of a ladder; `doubt` of the second.
ComputeErrors of_two_parts(const std::vector<std::string>& doubt) {
  ComputeErrors found{.vary = Vary::model_size, .target = "7B", .errors = {}};
  for (const double x : {1e9, 2e9}) {
    TaskError task{.chained = 0.1, .identified = true};
    task.task.name = "PIQA";
    if (x > 1e9) task.chained_doubts = doubt;
    found.errors.push_back(
        {.key = x > 1e9 ? "2B" : "1B", .x = x, .n_runs = 3, .tasks = {task}, .mean = task});
  }
  return found;
}

TEST(ComputeErrorFigure, MarksWhatIsInDoubt) {
  const Figure sound = compute_error_figure(of_two_parts({}), {});
  EXPECT_EQ(sound.title, "Error at 7B: 10.0% by runs up to 1B, 10.0% by all runs");
  EXPECT_EQ(sound.subtitle, "");
  EXPECT_EQ(sound.panels[0].title, "PIQA");
  const Figure marked = compute_error_figure(of_two_parts({"step 1: a reason"}), {});
  EXPECT_EQ(marked.title, "Error at 7B: 10.0% by runs up to 1B, 10.0% (!) by all runs");
  EXPECT_THAT(marked.subtitle, HasSubstr("(!)"));
  EXPECT_THAT(marked.panels[0].title, EndsWith(" (!)"));
  // Of step 1, which has no number here.
  EXPECT_THAT(compute_error_figure(of_two_parts({"step 1: a reason"}), {.which_step = "step1"})
                  .panels[0]
                  .title,
              Not(EndsWith(" (!)")));
}

}  // namespace
}  // namespace rung::ladder

#include "rung/study/ladder/doubts.hpp"

#include <gtest/gtest.h>

#include "rung/core/text.hpp"
#include "rung/study/ladder/simulate.hpp"

namespace rung::ladder {
namespace {

TEST(Doubts, SayOnceThatOtherParametersFit) {
  const SimulatedLadder made = simulate_ladder({.n_tasks = 1}, 1);
  Step1Result step1 = run_step1(made.ladder, made.tasks[0], {});
  Fit& fit = step1.fitted.fit;
  fit.status = Status::local;
  fit.identified = false;
  fit.notes = {"other parameters fit as well and predict differently at ten times the inputs"};
  const std::string with_note = join(doubts_of(step1).reasons, "; ");
  EXPECT_EQ(with_note.find("other parameters"), with_note.rfind("other parameters")) << with_note;
  fit.notes = {"3 points can't determine 5 parameters"};
  EXPECT_NE(join(doubts_of(step1).reasons, "; ").find("other parameters"), std::string::npos);
}

}  // namespace
}  // namespace rung::ladder

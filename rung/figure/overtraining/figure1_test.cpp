// Figure 1 of other studies than the published one.
#include "rung/figure/overtraining/figure1.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "rung/data/reader/testbed_folder.hpp"
#include "rung/study/overtraining/fits.hpp"

namespace rung::overtraining {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

template <class Kind>
std::vector<Kind> layers_of(const Panel& panel) {
  std::vector<Kind> found;
  for (const Layer& layer : panel.layers) {
    if (const Kind* one = std::get_if<Kind>(&layer)) found.push_back(*one);
  }
  return found;
}

Figure drawn(const Testbed& testbed, const Study& study) {
  return figure1(testbed, study, fit_laws(testbed, study, {{"rpj"}, {"c4_val"}, {"avg"}}));
}

/// Of the published runs, those of up to 200M parameters at 20, 80 and 320 tokens each.
Testbed small_testbed() {
  Testbed testbed = read_testbed("published:over-training");
  std::erase_if(testbed.models, [](const TestbedModel& model) {
    const double ratio = model.tokens_per_parameter();
    return model.n_params > 2e8 || (ratio != 20 && ratio != 80 && ratio != 320);
  });
  return testbed;
}

/// Fitted on the smallest model and, at so many tokens per parameter, on two larger ones.
Study study_of(const std::string& ratios) {
  const std::string runs = R"(runs = [{ model = "d=96_l=8_h=4", tokens_per_parameter = [20, 320] },
    { model = "d=512_l=8_h=4", tokens_per_parameter = )" +
                           ratios + R"( },
    { model = "d=576_l=24_h=8", tokens_per_parameter = )" +
                           ratios + " }]\n";
  return parse_study("[loss_law]\n" + runs + "[error_law]\n" + runs, "test");
}

std::vector<std::string> legend_labels(const Figure& figure) {
  std::vector<std::string> labels;
  for (const LegendGroup& group : figure.legend) {
    for (const Layer& sample : group.samples) {
      if (const auto* mark = std::get_if<Scatter>(&sample)) labels.push_back(mark->label);
      if (const auto* curve = std::get_if<Curve>(&sample)) labels.push_back(curve->label);
    }
  }
  return labels;
}

TEST(Figure1, OfManyPredictedRunsTheWorstAreListed) {
  const Study study = parse_study(R"([loss_law]
runs = [{ model = "d=96_l=8_h=4", tokens_per_parameter = [20, 40, 80, 160, 320] },
        { model = "d=512_l=8_h=4", tokens_per_parameter = 20 }]
[error_law]
runs = [{ model = "d=96_l=8_h=4", tokens_per_parameter = [20, 40, 80, 160, 320] }]
)",
                                  "test");
  const Figure figure = drawn(read_testbed("published:over-training"), study);
  for (const Panel& panel : figure.panels) {
    const std::vector<Key> keys = layers_of<Key>(panel);
    ASSERT_EQ(keys.size(), 1u);
    ASSERT_EQ(keys[0].lines.size(), 8u);
    EXPECT_THAT(keys[0].lines.front().text,
                AllOf(HasSubstr("predicted for"), HasSubstr(", worst first")));
    EXPECT_EQ(keys[0].lines.back().text, "… and 17 more in the table");
  }
  EXPECT_THAT(layers_of<Key>(figure.panels[0])[0].lines[1].text, HasSubstr("6.9B, 20 per"));
  EXPECT_THAT(figure.subtitle, HasSubstr("; 6 measured losses lie below the law's E"));
}

TEST(Figure1, TheLawIsDrawnAtRatiosAndComputesOfTheRuns) {
  const Testbed testbed = small_testbed();
  const Figure figure = drawn(testbed, study_of("20"));
  std::vector<std::uint32_t> lines, marks;
  for (const Curve& curve : layers_of<Curve>(figure.panels[0])) {
    EXPECT_GT(curve.x.front(), 1e15);
    EXPECT_LT(curve.x.back(), 1e21);
    if (curve.dash == Dash::dashed) lines.push_back(curve.colour.rgb);
  }
  for (const Scatter& mark : layers_of<Scatter>(figure.panels[0])) {
    if (mark.filled) marks.push_back(mark.colour.rgb);
  }
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_NE(lines[0], lines[1]);
  for (const std::uint32_t line : lines) EXPECT_THAT(marks, Contains(line));
  for (const std::string& label : legend_labels(figure)) EXPECT_THAT(label, Not(HasSubstr("640")));
}

TEST(Figure1, SaysThatThereIsNoLargerRun) {
  const Testbed testbed = small_testbed();
  const Figure fitted = drawn(testbed, study_of("[20, 80, 320]"));
  EXPECT_THAT(fitted.title, HasSubstr("RedPajama: the laws fit their runs within "));
  EXPECT_THAT(fitted.title, HasSubstr("; there is no larger run to predict"));
  EXPECT_THAT(legend_labels(fitted), Not(Contains("predicted")));
  EXPECT_THAT(legend_labels(drawn(testbed, study_of("20"))), Contains("predicted"));
}

}  // namespace
}  // namespace rung::overtraining

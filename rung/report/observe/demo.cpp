#include "rung/report/observe/demo.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/report/observe/format.hpp"
#include "rung/report/observe/prediction.hpp"

namespace rung::observational {
namespace {

std::string components_words(const Demo& demo) {
  const Capabilities& found = demo.capabilities;
  const auto& shares = found.pca.explained_variance_ratio;
  return "1. One number measures most of what " + std::to_string(found.models.size()) +
         " public models can do: the first principal component of " +
         std::to_string(found.models.metrics.size()) + " benchmarks explains " +
         percent(shares[0], 0) + " of their variance, the first three " +
         percent(shares[0] + shares[1] + shares[2], 0) + ".";
}

std::string growth_words(const Demo& demo) {
  const ScaleLines& lines = demo.capabilities.line_of(component_name(0), "flops");
  return "2. Within a family it grows in a line with log compute (mean R2 " +
         fixed(lines.mean_r2.value_or(0), 2) + " over " + std::to_string(lines.n_in_mean) +
         " families); families differ in what they make of it (R2 " +
         fixed(lines.pooled->r2.value_or(0), 2) + " over all).";
}

std::string prediction_words(const Demo& demo) {
  const Prediction& fit = demo.from("pc:3");
  const auto error = [&](const char* x) {
    const auto& test = demo.from(x).fit.test;
    return test.mae ? fixed(*test.mae, 3) : std::string("none");
  };
  return "3. So small models predict large ones: word unscrambling, learnt from " +
         std::to_string(fit.fit.train.n) +
         " models of up to 8.4e22 FLOPs, where the best "
         "scores " +
         fixed(
             [&] {
               double best = 0;
               for (const auto& row : fit.fit.rows) {
                 if (row.part == MetricFit::Part::train) best = std::max(best, row.actual);
               }
               return best;
             }(),
             2) +
         ", comes out for " + std::to_string(fit.fit.test.n) + " larger ones to a mean error of " +
         error("pc:3") + " from three components, " + error("flops") + " from compute and " +
         error("size") + " from size.";
}

TextTable largest_table(const Demo& demo) {
  constexpr std::size_t kMost = 6;
  const Prediction& fit = demo.from("pc:3");
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < fit.fit.rows.size(); ++i) {
    if (fit.fit.rows[i].part == MetricFit::Part::test) rows.push_back(i);
  }
  std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
    return fit.fit.rows[a].actual > fit.fit.rows[b].actual;
  });
  rows.resize(std::min(kMost, rows.size()));
  TextTable table;
  table.add_column("best of the larger models");
  table.add_column("actual", "", decimals(3));
  table.add_column("predicted", "", decimals(3));
  if (!fit.intervals.rows.empty()) table.add_column(percent(fit.intervals.level, 0) + " interval");
  for (const std::size_t i : rows) {
    std::vector<TextCell> row = {fit.model_of(i), fit.fit.rows[i].actual,
                                 fit.fit.rows[i].predicted};
    if (!fit.intervals.rows.empty())
      row.push_back(fixed(fit.intervals.rows[i].lower, 2) + " to " +
                    fixed(fit.intervals.rows[i].upper, 2));
    table.add_row(std::move(row));
  }
  return table;
}

Json results(const Demo& demo) {
  const Capabilities& found = demo.capabilities;
  const ScaleLines& lines = found.line_of(component_name(0), "flops");
  Json predictions = describe(demo.predictions).results();
  return Json::array({{{"n_models", found.models.size()},
                       {"explained_variance_ratio", found.pca.explained_variance_ratio},
                       {"pc1_mean_r2", json_number(lines.mean_r2)},
                       {"pc1_n_families", lines.n_in_mean},
                       {"predictions", std::move(predictions)}}});
}

}  // namespace

Document describe(const Demo& demo) {
  Document document;
  document.add(Heading{"What public benchmarks say about larger models"})
      .add(Paragraph{components_words(demo)})
      .add(Paragraph{growth_words(demo)})
      .add(Paragraph{prediction_words(demo)})
      .add(largest_table(demo))
      .add(Paragraph{demo.from("pc:3").formula});
  if (!demo.figures.empty())
    document.add(
        Paragraph{"Figures and report in " + demo.folder + "/: " + join(demo.figures, ", ")});
  document.add(Notes{{"the tables are from " + demo.data +
                      " (arXiv:2405.10938, Apache-2.0); rung observe pca and rung observe fit give "
                      "every number"}});
  document.rows = describe(demo.predictions).rows;
  return document.set_results(results(demo));
}

}  // namespace rung::observational

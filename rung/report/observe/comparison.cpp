#include "rung/report/observe/comparison.hpp"

#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"

namespace rung::observational {
namespace {

TextTable comparison_table(const PredictorComparison& found) {
  TextTable table;
  table.add_column("from", "x");
  table.begin_group("MSE on families left out");
  for (const std::string& metric : found.metrics) table.add_column(metric);
  table.add_column("geometric mean", "geometric_mean");
  for (const PredictorErrors& predictor : found.predictors) {
    std::vector<TextCell> row = {predictor.predictor};
    for (const auto& mse : predictor.mse) row.push_back(number_cell(mse));
    row.push_back(number_cell(predictor.geometric_mean));
    table.add_row(std::move(row));
  }
  return table;
}

std::string best_words(const PredictorComparison& found) {
  const PredictorErrors* best = nullptr;
  for (const PredictorErrors& each : found.predictors) {
    if (each.geometric_mean && (!best || *each.geometric_mean < *best->geometric_mean))
      best = &each;
  }
  return best ? "Best over these metrics: " + best->predictor : "";
}

Json comparison_json(const PredictorComparison& found) {
  Json results = Json::array();
  for (const PredictorErrors& predictor : found.predictors) {
    Json mse = Json::object();
    for (std::size_t m = 0; m < found.metrics.size(); ++m)
      mse[found.metrics[m]] = {{"n_models", found.n_models[m]},
                               {"mse", json_number(predictor.mse[m])}};
    results.push_back({{"x", predictor.predictor},
                       {"metrics", mse},
                       {"geometric_mean", json_number(predictor.geometric_mean)}});
  }
  return results;
}

TextTable ratio_table(const RatioStudy& study) {
  TextTable table;
  table.add_column("tried", "test_ratio", [](double x) { return percent(x, 0); });
  table.begin_group(study.metric + ": test MSE from");
  for (const RatioCurve& curve : study.curves) table.add_column(curve.predictor);
  for (std::size_t i = 0; i < study.curves.front().points.size(); ++i) {
    std::vector<TextCell> row = {study.curves.front().points[i].ratio};
    for (const RatioCurve& curve : study.curves)
      row.push_back(number_cell(curve.points[i].test_mse));
    table.add_row(std::move(row));
  }
  table.add_rule();
  std::vector<TextCell> areas = {std::string("area")};
  for (const RatioCurve& curve : study.curves) areas.push_back(number_cell(curve.area));
  table.add_row(std::move(areas));
  return table;
}

Json ratio_json(const std::string& metric, const RatioCurve& curve) {
  Json points = Json::array();
  for (const RatioPoint& point : curve.points)
    points.push_back({{"test_ratio", point.ratio},
                      {"n_train", point.n_train},
                      {"n_test", point.n_test},
                      {"train_mse", json_number(point.train_mse)},
                      {"test_mse", json_number(point.test_mse)},
                      {"test_mae", json_number(point.test_mae)}});
  return {{"metric", metric},
          {"x", curve.predictor},
          {"area", json_number(curve.area)},
          {"points", points}};
}

}  // namespace

Document describe(const PredictorComparison& found) {
  Document document;
  std::string counts;
  for (std::size_t m = 0; m < found.metrics.size(); ++m)
    counts += (m > 0 ? ", " : "") + std::to_string(found.n_models[m]) + " models with " +
              found.metrics[m];
  document.add(comparison_table(found)).add(Paragraph{best_words(found)});
  document.add(
      Notes{{"each family is predicted from fits of all the others: imputation, components or "
             "skills, and weights alike",
             counts}});
  document.rows = comparison_table(found);
  return document.set_results(comparison_json(found));
}

Document describe(const std::vector<RatioStudy>& studies) {
  Document document;
  Json results = Json::array();
  TextTable rows;
  for (const char* name : {"metric", "x", "test_ratio", "n_train", "n_test", "test_mse"})
    rows.add_column(name);
  for (const RatioStudy& study : studies) {
    document.add(ratio_table(study));
    for (const RatioCurve& curve : study.curves) {
      results.push_back(ratio_json(study.metric, curve));
      for (const RatioPoint& point : curve.points)
        rows.add_row({study.metric, curve.predictor, point.ratio,
                      static_cast<double>(point.n_train), static_cast<double>(point.n_test),
                      number_cell(point.test_mse)});
    }
  }
  document.rows = std::move(rows);
  return document.set_results(std::move(results));
}

}  // namespace rung::observational

#include "rung/figure/table/residuals.hpp"

#include "rung/figure/table/inputs.hpp"

namespace rung {
namespace {

Panel residual_panel(const table::FittedGroup& group) {
  const table::Predictor& predictor = group.predictor;
  const Points& points = *group.points;
  const std::vector<double> fitted = predict(*predictor.law, predictor.theta, points);
  Scatter plain{.colour = kBlue, .size_px = 6}, outliers{.colour = kVermilion, .label = "outlier"};
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double residual =
        transformed(predictor.residual, points.y(i)) - transformed(predictor.residual, fitted[i]);
    const bool outlier = i < group.diagnosis.points.size() && group.diagnosis.points[i].outlier;
    Scatter& scatter = outlier ? outliers : plain;
    scatter.x.push_back(fitted[i]);
    scatter.y.push_back(residual);
  }
  Panel panel{.title = group.label,
              .x = {.label = "predicted"},
              .y = {.label = predictor.residual == Residual::raw
                                 ? "residual"
                                 : std::string(residual_name(predictor.residual)) + " residual"}};
  panel.layers = {Rule{.at = 0}, plain};
  if (!outliers.x.empty()) panel.layers.push_back(outliers);
  return panel;
}

}  // namespace

Figure residual_figure(const std::vector<table::FittedGroup>& groups) {
  return panels_of(groups, "Residuals", residual_panel);
}

}  // namespace rung

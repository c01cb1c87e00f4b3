#include "rung/figure/table/residuals.hpp"

#include "rung/figure/table/inputs.hpp"

namespace rung {
namespace {

Panel residual_panel(const table::FittedGroup& group) {
  const Fitted& fitted = group.fitted;
  const Points& points = *group.fitted.points;
  const std::vector<double> predicted = fitted.predict(points);
  Scatter plain{.colour = kBlue, .size_px = 6}, outliers{.colour = kVermilion, .label = "outlier"};
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double residual = transformed(fitted.options.residual, points.y(i)) -
                            transformed(fitted.options.residual, predicted[i]);
    const bool outlier = i < group.diagnosis.points.size() && group.diagnosis.points[i].outlier;
    Scatter& scatter = outlier ? outliers : plain;
    scatter.x.push_back(predicted[i]);
    scatter.y.push_back(residual);
  }
  Panel panel{
      .title = group.fitted.label,
      .x = {.label = "predicted"},
      .y = {.label = fitted.options.residual == Residual::raw
                         ? "residual"
                         : std::string(residual_name(fitted.options.residual)) + " residual"}};
  panel.layers = {Rule{.at = 0}, plain};
  if (!outliers.x.empty()) panel.layers.push_back(outliers);
  return panel;
}

}  // namespace

Figure residual_figure(const std::vector<table::FittedGroup>& groups) {
  return panels_of(groups, "Residuals", residual_panel);
}

}  // namespace rung

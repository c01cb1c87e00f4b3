#include "rung/study/observational/metric_column.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"

namespace rung::observational {
namespace {

bool looks_like_an_expression(const std::string& text) {
  return text.find_first_of("`+*/(") != std::string::npos;
}

std::vector<double> column_of(const Models& models, const std::string& metric) {
  if (models.table.has(metric)) return models.table.numbers(metric);
  if (looks_like_an_expression(metric))
    return evaluate(parse_expression(metric, "--y"), models.table);
  throw InputError("there is no column '" + metric + "' to predict",
                   did_you_mean(metric, models.table.column_names()));
}

}  // namespace

Models with_metric(Models models, const std::string& metric, bool shares,
                   std::vector<std::string>& warnings) {
  std::vector<double> values = column_of(models, metric);
  if (shares && looks_like_percent(values)) {
    for (double& value : values) value /= 100;
    warnings.push_back(metric + " is in percent and was divided by 100");
  }
  std::vector<std::string> outside;
  for (std::size_t i = 0; shares && i < values.size(); ++i) {
    if (values[i] < 0 || values[i] > 1)
      outside.push_back(models.names[i] + " (" + significant(values[i]) + ")");
  }
  if (!outside.empty()) {
    warnings.push_back(metric + " lies outside 0 to 1, where a sigmoid ends, for " +
                       counted(outside.size(), "model") + ", " + outside.front() +
                       " among them: say what runs from 0 to 1 with --range LOW,HIGH");
  }
  models.table.set({metric, std::move(values)});
  return models;
}

}  // namespace rung::observational

#include "rung/study/observational/capabilities.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "rung/core/error.hpp"

namespace rung::observational {
namespace {

constexpr std::size_t kUsualComponents = 5;

void add_lines(const std::string& scale, Capabilities& result) {
  for (std::size_t k = 0; k < result.scores.n_columns; ++k) {
    result.lines.push_back(
        scale_lines(result.models, component_name(k), result.scores.column(k), scale));
  }
  for (std::size_t j = 0; j < result.models.metrics.size(); ++j) {
    result.lines.push_back(
        scale_lines(result.models, result.models.metrics[j], result.filled.column(j), scale));
  }
}

}  // namespace

void CapabilitiesRequest::validate() const {
  if (n_components && *n_components == 0)
    throw InputError("--components 0 is no number of components", "1 or more");
  if (!(pca.alpha >= 0)) throw InputError("--alpha is a cost, and not negative");
  if (!(level > 0 && level < 1)) throw InputError("--level lies between 0 and 1");
}

std::string component_name(std::size_t index) { return "PC-" + std::to_string(index + 1); }

const ScaleLines& Capabilities::line_of(const std::string& value, const std::string& scale) const {
  for (const ScaleLines& each : lines) {
    if (each.value == value && each.scale == scale) return each;
  }
  throw std::logic_error("no lines of " + value + " against " + scale);
}

Capabilities run_capabilities(const Models& models, const CapabilitiesRequest& request) {
  request.validate();
  Capabilities result{.request = request, .models = models};
  Imputed imputed = impute(models.scores, request.impute);
  for (std::size_t i = 0; i < models.size(); ++i) {
    for (std::size_t j = 0; j < models.metrics.size(); ++j) {
      if (std::isnan(models.scores(i, j))) result.imputed.push_back({i, j, imputed.scores(i, j)});
    }
  }
  PcaOptions options = request.pca;
  options.n_components = request.n_components.value_or(
      std::min({kUsualComponents, models.size(), models.metrics.size()}));
  result.pca = pca(imputed.scores, options);
  result.scores = result.pca.scores(imputed.scores);
  result.filled = std::move(imputed.scores);
  for (const std::string& scale : request.scales) add_lines(scale, result);
  return result;
}

}  // namespace rung::observational

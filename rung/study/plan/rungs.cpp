#include "rung/study/plan/rungs.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::plan {
namespace {

constexpr double kFarOff = 0.1;  // of the N that was planned

std::size_t rung_input(const Law& law, const std::string& name) {
  for (std::size_t k = 0; k < law.info.inputs.size(); ++k) {
    if (law.info.inputs[k].name == name) return k;
  }
  throw InputError("--save-plan: law '" + law.info.name + "' has no input " + name,
                   "a rung is a size N and a number of tokens D");
}

std::vector<model::Config> models_of(const model::Configs& configs, const std::string& family) {
  std::vector<model::Config> found;
  std::set<std::string> families;
  for (const model::Config& config : configs.all()) {
    families.insert(config.family);
    if (config.family == family) found.push_back(config);
  }
  if (found.empty())
    throw InputError("--family: there is no family '" + family + "'",
                     "one of " + join({families.begin(), families.end()}, ", "));
  return found;
}

const model::Config& nearest(const std::vector<model::Config>& models, double n) {
  const auto distance = [&](const model::Config& config) {
    return std::abs(std::log(config.n_params_non_embedding() / n));
  };
  return *std::min_element(models.begin(), models.end(),
                           [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
}

}  // namespace

Rungs rungs_of(const PlanResult& result, const model::Configs& configs, const std::string& family) {
  const Law& law = *result.fitted.law;
  const std::size_t n = rung_input(law, "N"), d = rung_input(law, "D");
  const std::vector<model::Config> models = models_of(configs, family);
  Rungs rungs;
  std::set<std::string> warnings;
  const auto add = [&](const std::vector<double>& inputs, std::vector<Rung>& to) {
    const model::Config& model = nearest(models, inputs[n]);
    const double n_tokens = std::nearbyint(inputs[d]);
    for (Rung& rung : to) {
      if (rung.model == model.name && rung.n_tokens == n_tokens) {
        ++rung.n_runs;
        return;
      }
    }
    to.push_back({model.name, model.n_params_non_embedding(), inputs[n], n_tokens});
    const Rung& rung = to.back();
    if (std::abs(rung.n_params / rung.n_params_planned - 1) > kFarOff)
      warnings.insert("the nearest model to N=" + short_count(inputs[n]) + " is " + model.name +
                      ", N=" + short_count(rung.n_params) + "; --models FILE adds others");
  };
  for (const Chosen& chosen : result.design.runs)
    add(result.candidates[chosen.candidate].inputs, rungs.runs);
  for (const Forecast& target : result.design.targets) add(target.inputs, rungs.targets);
  rungs.warnings.assign(warnings.begin(), warnings.end());
  return rungs;
}

}  // namespace rung::plan

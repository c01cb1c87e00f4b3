#include "rung/report/fit_json.hpp"

#include <nlohmann/json.hpp>

#include "rung/fit/fitted.hpp"

namespace rung {

Json json_fit(const Fit& fit, const std::string& law) {
  Json parameters = Json::object();
  for (const ParameterEstimate& parameter : fit.parameters) {
    parameters[parameter.name] = {{"value", json_number(parameter.value)},
                                  {"stderr", json_number(parameter.stderror)},
                                  {"lower", json_number(parameter.lower)},
                                  {"upper", json_number(parameter.upper)}};
  }
  const std::string own_name = fit.law ? fit.law->info.name : "";
  return {{"law", law.empty() ? own_name : law},
          {"parameters", parameters},
          {"objective", json_number(fit.objective)},
          {"n_points", fit.n_points},
          {"status", status_name(fit.status)},
          {"identified", fit.identified},
          {"notes", fit.notes}};
}

Json json_fit(const Fitted& fitted, std::optional<double> condition_number,
              const std::string& law) {
  Json json = json_fit(fitted.fit, law);
  const std::string interval_kind = fitted.interval_kind();
  json["loss"] = fitted.options.loss.text();
  json["residual"] = residual_name(fitted.options.residual);
  json["interval_kind"] = interval_kind.empty() ? Json(nullptr) : Json(interval_kind);
  json["n_replicates"] = fitted.replicates.n;
  json["condition_number"] = json_number(condition_number);
  return json;
}

Json json_inputs(const Law& law, std::span<const double> inputs) {
  Json json = Json::object();
  for (std::size_t k = 0; k < inputs.size(); ++k)
    json[law.info.inputs[k].name] = json_number(inputs[k]);
  return json;
}

Json json_criteria(const Criteria& criteria) {
  return {{"n_parameters", criteria.n_parameters},
          {"log_likelihood", json_number(criteria.log_likelihood)},
          {"aic", json_number(criteria.aic)},
          {"aicc", json_number(criteria.aicc)},
          {"bic", json_number(criteria.bic)},
          {"leave_one_out", json_number(criteria.leave_one_out)}};
}

}  // namespace rung

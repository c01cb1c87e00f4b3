#include "rung/report/fit_json.hpp"

#include <nlohmann/json.hpp>

#include "rung/fit/fit.hpp"

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

}  // namespace rung

#include "rung/report/saved_fit.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

#include "rung/core/error.hpp"
#include "rung/core/json.hpp"
#include "rung/report/json.hpp"

namespace rung {
namespace {

constexpr const char* kKind = "rung fit";

template <class T>
Json unit_json(const std::optional<T>& unit) {
  return unit ? Json(to_string(*unit)) : Json(nullptr);
}

/// The text of a key that may be absent or null, as in files of earlier versions.
std::string text_or_none(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found == json.end() || found->is_null() ? "" : found->get<std::string>();
}

Json request_json(const table::Request& request, Residual residual) {
  const ConstraintTexts& constraints = request.constraints;
  return {{"law", request.law},
          {"formula", request.formula},
          {"x", request.x},
          {"y", request.y},
          {"group_by", request.group_by},
          {"loss", request.loss.text()},
          {"residual", residual_name(residual)},
          {"param", constraints.param},
          {"fix", constraints.fix},
          {"tie", constraints.tie},
          {"prior", constraints.prior},
          {"level", request.level},
          {"loss_unit", unit_json(request.loss_unit)},
          {"fit_loss_unit", unit_json(request.fit_loss_unit)},
          {"bytes_per_token", request.bytes_per_token},
          {"params", unit_json(request.params)},
          {"fit_params", unit_json(request.fit_params)},
          {"embedding", request.embedding},
          {"inactive", request.inactive}};
}

void read_units(const Json& json, table::Request& request) {
  const auto read = [&](const char* key, auto& unit, auto parse) {
    if (const std::string text = text_or_none(json, key); !text.empty()) unit = parse(text);
  };
  read("loss_unit", request.loss_unit, parse_loss_unit);
  read("fit_loss_unit", request.fit_loss_unit, parse_loss_unit);
  read("params", request.params, parse_parameter_count);
  read("fit_params", request.fit_params, parse_parameter_count);
  request.bytes_per_token = text_or_none(json, "bytes_per_token");
  request.embedding = text_or_none(json, "embedding");
  request.inactive = text_or_none(json, "inactive");
}

table::Request request_from(const Json& json) {
  table::Request request;
  request.law = json.at("law");
  request.formula = json.at("formula");
  request.x = json.at("x");
  request.y = json.at("y");
  request.group_by = json.at("group_by").get<std::vector<std::string>>();
  request.loss = parse_loss(json.at("loss").get<std::string>());
  request.residual = parse_residual(json.at("residual").get<std::string>());
  request.constraints = {json.at("param").get<std::vector<std::string>>(),
                         json.at("fix").get<std::vector<std::string>>(),
                         json.at("tie").get<std::vector<std::string>>(),
                         json.at("prior").get<std::vector<std::string>>()};
  request.level = json.at("level");
  read_units(json, request);
  return request;
}

constexpr const char* kIntervals[] = {"mean", "observation", "conformal"};

Json group_json(const table::Predictor& group) {
  Json parameters = Json::object();
  for (std::size_t p = 0; p < group.theta.size(); ++p)
    parameters[group.law->info.parameters[p].name] = group.theta[p];
  Json json = {{"group", group.group},
               {"parameters", parameters},
               {"interval", kIntervals[static_cast<int>(group.interval_for)]},
               {"lowest", group.lowest},
               {"highest", group.highest},
               {"covariance", nullptr},
               {"conformal", nullptr},
               {"residuals", group.residuals},
               {"replicates", group.replicates}};
  if (group.covariance) {
    json["covariance"] = {{"coordinates", group.covariance->coordinates},
                          {"matrix", group.covariance->matrix},
                          {"residual_variance", group.covariance->residual_variance},
                          {"estimate_variance", group.covariance->estimate_variance},
                          {"dof", group.covariance->dof}};
  }
  if (group.conformal)
    json["conformal"] = {{"parameters", group.conformal->theta},
                         {"radius", group.conformal->radius}};
  return json;
}

void require(bool holds, const char* what) {
  if (!holds) throw InputError(std::string("is no saved fit: ") + what);
}

table::IntervalFor interval_from(const std::string& name) {
  const auto* const found = std::find(std::begin(kIntervals), std::end(kIntervals), name);
  require(found != std::end(kIntervals), "its intervals are of no kind there is");
  return static_cast<table::IntervalFor>(found - std::begin(kIntervals));
}

/// `n_free`: how many coordinates of the problem there are to name.
Covariance covariance_from(const Json& json, int n_free) {
  Covariance covariance{{},
                        json.at("matrix").get<std::vector<double>>(),
                        json.at("residual_variance"),
                        json.at("dof")};
  // Absent in files of earlier versions.
  covariance.estimate_variance = json.value("estimate_variance", covariance.residual_variance);
  for (const auto coordinate : json.at("coordinates").get<std::vector<double>>()) {
    require(coordinate >= 0 && coordinate < n_free && coordinate == std::floor(coordinate),
            "its covariance is of coordinates that the law does not have");
    covariance.coordinates.push_back(static_cast<int>(coordinate));
  }
  const std::size_t n = covariance.coordinates.size();
  require(n <= static_cast<std::size_t>(n_free) && covariance.matrix.size() == n * n,
          "its covariance is not square");
  for (std::size_t i = 0; i < n; ++i)
    require(covariance.matrix[i * n + i] >= 0, "a variance in it is negative");
  require(
      covariance.residual_variance >= 0 && covariance.estimate_variance >= 0 && covariance.dof >= 1,
      "its variances or degrees of freedom are not positive");
  return covariance;
}

/// How many coordinates are free in what was fitted. InputError where the constraints or the
/// inputs' ranges don't fit the law.
int n_free(const table::Predictor& group) {
  Points one(group.lowest.size(), 1);
  one.set(0, group.lowest, 0.5);  // has a residual of every kind
  return FitProblem(*group.law, one, group.loss, group.residual, group.constraints).n_free();
}

void read_points(const Json& json, table::Predictor& group) {
  const std::size_t n_inputs = group.law->info.inputs.size(), n_parameters = group.theta.size();
  group.lowest = json.at("lowest").get<std::vector<double>>();
  group.highest = json.at("highest").get<std::vector<double>>();
  require(group.lowest.size() == n_inputs && group.highest.size() == n_inputs,
          "its inputs' ranges are not one an input");
  for (std::size_t k = 0; k < n_inputs; ++k)
    require(group.lowest[k] <= group.highest[k], "the range of an input ends before it begins");
  group.residuals = json.at("residuals").get<std::vector<double>>();
  group.replicates = json.at("replicates").get<std::vector<double>>();
  require(group.replicates.size() % n_parameters == 0,
          "its replicates are not whole parameter vectors");
  group.n_replicates = group.replicates.size() / n_parameters;
  require(group.interval_for != table::IntervalFor::observation || !group.residuals.empty() ||
              group.n_replicates == 0,
          "it has no residuals");
}

table::Predictor group_from(const Json& json, const table::Request& request,
                            std::shared_ptr<const Law> law) {
  table::Predictor group;
  group.law = std::move(law);
  group.group = json.at("group");
  for (const ParameterInfo& parameter : group.law->info.parameters)
    group.theta.push_back(json.at("parameters").at(parameter.name));
  group.interval_for = interval_from(json.at("interval"));
  read_points(json, group);
  group.loss = request.loss;
  group.residual = *request.residual;
  group.level = request.level;
  group.constraints = constraints_from(request.constraints);
  const int coordinates = n_free(group);
  if (const Json& saved = json.at("covariance"); !saved.is_null())
    group.covariance = covariance_from(saved, coordinates);
  if (const Json& saved = json.at("conformal"); !saved.is_null()) {
    group.conformal = Conformal{saved.at("parameters").get<std::vector<double>>(),
                                saved.at("radius"), request.level};
    require(group.conformal->theta.size() == group.theta.size(),
            "its conformal fit has another law's parameters");
    require(group.conformal->radius >= 0, "its conformal radius is negative");
  }
  return group;
}

SavedFit saved_fit_from(const Json& json) {
  require(json.is_object() && json.value("kind", Json()) == kKind, "its kind is another");
  SavedFit saved{request_from(json.at("request")), {}};
  require(saved.request.level > 0 && saved.request.level < 1, "its level is not between 0 and 1");
  const std::shared_ptr<const Law> law = table::law_of(saved.request);
  require(law->n_parameters() > 0, "its law has no parameters");
  for (const Json& group : json.at("groups"))
    saved.groups.push_back(group_from(group, saved.request, law));
  require(!saved.groups.empty(), "it holds none");
  return saved;
}

}  // namespace

std::string saved_fit_text(const SavedFit& saved) {
  Json groups = Json::array();
  for (const table::Predictor& group : saved.groups) groups.push_back(group_json(group));
  const Residual residual = saved.groups.empty() ? saved.request.residual.value_or(Residual::raw)
                                                 : saved.groups.front().residual;
  return json_text({{"schema_version", 1},
                    {"kind", kKind},
                    {"request", request_json(saved.request, residual)},
                    {"groups", groups}});
}

SavedFit read_saved_fit(const std::string& text, const std::string& file) {
  const Json json = parse_json(text, file);
  const std::string hint = "rung fit --save-fit writes one";
  try {
    return saved_fit_from(json);
  } catch (const Json::exception& error) {
    throw InputError(Location{file}, "is no saved fit: " + std::string(error.what()), hint);
  } catch (const InputError& error) {  // of the law, the constraints: they know no file
    std::vector<Problem> problems = error.problems();
    for (Problem& problem : problems) {
      if (problem.location.file.empty()) problem.location.file = file;
      if (problem.hint.empty()) problem.hint = hint;
    }
    throw InputError(std::move(problems));
  }
}

}  // namespace rung

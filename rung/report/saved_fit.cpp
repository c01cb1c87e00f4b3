#include "rung/report/saved_fit.hpp"

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
                          {"dof", group.covariance->dof}};
  }
  if (group.conformal)
    json["conformal"] = {{"parameters", group.conformal->theta},
                         {"radius", group.conformal->radius}};
  return json;
}

void require(bool holds, const char* what) {
  if (!holds) throw InputError(std::string("not a saved fit: ") + what);
}

table::Predictor group_from(const Json& json, const table::Request& request,
                            std::shared_ptr<const Law> law) {
  table::Predictor group;
  group.law = std::move(law);
  group.group = json.at("group");
  for (const ParameterInfo& parameter : group.law->info.parameters)
    group.theta.push_back(json.at("parameters").at(parameter.name));
  const std::size_t p = group.theta.size();
  const std::string interval = json.at("interval");
  for (int i = 0; i < 3; ++i) {
    if (interval == kIntervals[i]) group.interval_for = static_cast<table::IntervalFor>(i);
  }
  group.lowest = json.at("lowest").get<std::vector<double>>();
  group.highest = json.at("highest").get<std::vector<double>>();
  require(group.lowest.size() == group.law->info.inputs.size() &&
              group.highest.size() == group.lowest.size(),
          "its inputs' ranges are not one an input");
  group.residuals = json.at("residuals").get<std::vector<double>>();
  group.replicates = json.at("replicates").get<std::vector<double>>();
  require(group.replicates.size() % p == 0, "its replicates are not whole parameter vectors");
  group.n_replicates = group.replicates.size() / p;
  require(group.interval_for != table::IntervalFor::observation || !group.residuals.empty() ||
              group.n_replicates == 0,
          "it has no residuals");
  group.loss = request.loss;
  group.residual = *request.residual;
  group.level = request.level;
  group.constraints = constraints_from(request.constraints);
  if (const Json& saved = json.at("covariance"); !saved.is_null()) {
    Covariance covariance{saved.at("coordinates").get<std::vector<int>>(),
                          saved.at("matrix").get<std::vector<double>>(),
                          saved.at("residual_variance"), saved.at("dof")};
    const std::size_t n = covariance.coordinates.size();
    require(covariance.matrix.size() == n * n && n <= p, "its covariance is not square");
    group.covariance = std::move(covariance);
  }
  if (const Json& saved = json.at("conformal"); !saved.is_null()) {
    group.conformal = Conformal{saved.at("parameters").get<std::vector<double>>(),
                                saved.at("radius"), request.level};
    require(group.conformal->theta.size() == p, "its conformal fit has another law's parameters");
  }
  return group;
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
  if (!json.is_object() || json.value("kind", Json()) != kKind)
    throw InputError(Location{file}, "is no saved fit", hint);
  try {
    SavedFit saved{request_from(json.at("request")), {}};
    const std::shared_ptr<const Law> law = table::law_of(saved.request);
    for (const Json& group : json.at("groups"))
      saved.groups.push_back(group_from(group, saved.request, law));
    if (saved.groups.empty()) throw InputError(Location{file}, "holds no fit", hint);
    return saved;
  } catch (const Json::exception& error) {
    throw InputError(Location{file}, "is no saved fit: " + std::string(error.what()), hint);
  }
}

}  // namespace rung

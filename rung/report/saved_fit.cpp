#include "rung/report/saved_fit.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "rung/core/fields.hpp"
#include "rung/fit/interval/profile_intervals.hpp"
#include "rung/fit/possible.hpp"
#include "rung/report/json.hpp"

namespace rung {
namespace {

constexpr const char* kKind = "rung fit";
constexpr int kSchemaVersion = 1;

template <class T>
Json unit_json(const std::optional<T>& unit) {
  return unit ? Json(to_string(*unit)) : Json(nullptr);
}

/// The text of a user's own law, so that the fit needs no other file; null for a built-in one.
Json definition_of(const table::Request& request) {
  if (request.law.empty()) return nullptr;
  const std::string& definition = request.laws.find(request.law)->definition;
  return definition.empty() ? Json(nullptr) : Json(definition);
}

Json request_json(const table::Request& request, Residual residual) {
  const ConstraintTexts& constraints = request.constraints;
  return {{"law", request.law},
          {"law_definition", definition_of(request)},
          {"formula", request.formula},
          {"x", request.x},
          {"y", request.y},
          {"where", request.where},
          {"schedule", request.schedule},
          {"schedule_step", request.schedule_step},
          {"schedule_run", request.schedule_run},
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

void read_units(Fields& fields, table::Request& request) {
  const auto read = [&](const char* key, auto& unit, auto parse) {
    if (const std::string text = fields.text_or_empty(key); !text.empty()) unit = parse(text);
  };
  read("loss_unit", request.loss_unit, parse_loss_unit);
  read("fit_loss_unit", request.fit_loss_unit, parse_loss_unit);
  read("params", request.params, parse_parameter_count);
  read("fit_params", request.fit_params, parse_parameter_count);
  request.bytes_per_token = fields.text_or_empty("bytes_per_token");
  request.embedding = fields.text_or_empty("embedding");
  request.inactive = fields.text_or_empty("inactive");
}

table::Request request_of(Fields& fields) {
  fields.ignore_other_keys();
  table::Request request;
  request.law = fields.text_or_empty("law");
  if (const std::string own = fields.text_or_empty("law_definition"); !own.empty())
    request.laws.add(own, fields.where().file + ", law_definition");
  request.formula = fields.text_or_empty("formula");
  request.x = fields.text_or_empty("x");
  request.y = fields.require<std::string>("y");
  request.where = fields.text_or_empty("where");  // absent in files of earlier versions
  request.schedule = fields.text_or_empty("schedule");
  request.schedule_step = fields.text_or_empty("schedule_step");
  request.schedule_run = fields.text_or_empty("schedule_run");
  request.group_by = fields.texts_or_empty("group_by");
  const auto loss = fields.require<std::string>("loss");
  const auto residual = fields.require<std::string>("residual");
  request.constraints = {fields.texts_or_empty("param"), fields.texts_or_empty("fix"),
                         fields.texts_or_empty("tie"), fields.texts_or_empty("prior")};
  constexpr NumberRange kLevel = {.least = kPositive.least,
                                  .most = 1 - std::numeric_limits<double>::epsilon() / 2,
                                  .wanted = "a number between 0 and 1"};
  request.level = fields.require<double>("level", kLevel);
  read_units(fields, request);
  if (!loss.empty()) request.loss = parse_loss(loss);
  if (!residual.empty()) request.residual = parse_residual(residual);
  return request;
}

const std::vector<std::string> kIntervals = {"mean", "observation", "conformal"};  // IntervalFor
const std::vector<std::string> kStatuses = {"certified", "local", "unbounded", "failed"};  // Status
const std::vector<std::string> kCovarianceKinds = {"delta", "sandwich", "laplace"};

Json covariance_json(const std::optional<Covariance>& covariance) {
  if (!covariance) return nullptr;
  return {{"coordinates", covariance->coordinates},
          {"matrix", covariance->matrix},
          {"residual_variance", covariance->residual_variance},
          {"estimate_variance", covariance->estimate_variance},
          {"dof", covariance->dof}};
}

Json alternatives_json(const Fit& fit) {
  Json alternatives = Json::array();
  for (const Alternative& alternative : fit.alternatives)
    alternatives.push_back(
        {{"parameters", alternative.theta}, {"objective", alternative.objective}});
  return alternatives;
}

/// What pictures show, and what profile intervals rest on where later predictions take them; null
/// where the points are too many to keep.
Json points_json(const Fitted& group) {
  constexpr std::size_t kMostProfiled = 10'000, kMostShown = 1'000;
  if (!group.points) return nullptr;
  const bool profiled = group.problem && group.replicates.n == 0 && !group.conformal &&
                        group.covariance_kind == CovarianceKind::delta &&
                        can_be_profiled(*group.problem, group.fit);
  if (group.points->size() > (profiled ? kMostProfiled : kMostShown)) return nullptr;
  const Points& points = *group.points;
  Json inputs = Json::object();
  std::vector<double> values(points.size());
  for (std::size_t k = 0; k < points.n_inputs(); ++k) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = points.input(k, i);
    inputs[group.law->info.inputs[k].name] = values;
  }
  const auto all = [&](const AlignedArray& column) {
    return std::vector<double>(column.data(), column.data() + points.size());
  };
  return {{"inputs", inputs},
          {"y", all(points.y())},
          {"weights", all(points.weights())},
          {"profiled", profiled}};
}

Json group_json(const Fitted& group) {
  Json parameters = Json::object();
  for (std::size_t p = 0; p < group.fit.theta.size(); ++p)
    parameters[group.law->info.parameters[p].name] = group.fit.theta[p];
  Json json = {
      {"group", group.label},
      {"parameters", parameters},
      {"status", status_name(group.fit.status)},
      {"identified", group.fit.identified},
      {"notes", group.fit.notes},
      {"possible", group.possible ? Json{group.possible->least, group.possible->most} : Json()},
      {"doubts", group.doubts},
      {"at_bounds", group.fit.at_bounds},
      {"interval", interval_for_name(group.interval_for)},
      {"lowest", group.lowest},
      {"highest", group.highest},
      {"covariance", covariance_json(group.fit.covariance)},
      {"covariance_kind", kCovarianceKinds[static_cast<std::size_t>(group.covariance_kind)]},
      {"alternatives", alternatives_json(group.fit)},
      {"points", points_json(group)},
      {"conformal", nullptr},
      {"residuals", group.residuals},
      {"replicates", group.replicates.theta}};
  if (group.conformal)
    json["conformal"] = {{"parameters", group.conformal->theta},
                         {"radius", group.conformal->radius}};
  if (group.rival) json["rival"] = group_json(*group.rival);
  return json;
}

/// Stops the reading: what follows rests on it.
void require(const Fields& fields, bool holds, const char* what) {
  if (!holds) throw InputError(fields.where(), std::string("is no saved fit: ") + what);
}

/// `n_free`: how many coordinates of the problem there are to name.
Covariance covariance_of(Fields& fields, int n_free) {
  fields.ignore_other_keys();
  Covariance covariance;
  covariance.matrix = fields.require<std::vector<double>>("matrix");
  covariance.residual_variance = fields.require<double>("residual_variance", kNotNegative);
  // Absent in files of earlier versions.
  covariance.estimate_variance =
      fields.get<double>("estimate_variance", kNotNegative).value_or(covariance.residual_variance);
  constexpr NumberRange kDof = {.least = 1, .wanted = "a number from 1 on"};
  covariance.dof = fields.require<double>("dof", kDof);
  for (const double coordinate : fields.require<std::vector<double>>("coordinates")) {
    require(fields, coordinate >= 0 && coordinate < n_free && coordinate == std::floor(coordinate),
            "its covariance is of coordinates that the law does not have");
    covariance.coordinates.push_back(static_cast<int>(coordinate));
  }
  const std::size_t n = covariance.coordinates.size();
  require(fields, n <= static_cast<std::size_t>(n_free) && covariance.matrix.size() == n * n,
          "its 'covariance' has no square 'matrix' over 'coordinates'");
  for (std::size_t i = 0; i < n; ++i)
    require(fields, covariance.matrix[i * n + i] >= 0, "a variance in it is negative");
  return covariance;
}

/// How many coordinates are free in what was fitted. InputError where the constraints or the
/// inputs' ranges don't fit the law.
int n_free(const Fitted& group) {
  Points one(group.lowest.size(), 1);
  one.set(0, group.lowest, 0.5);  // has a residual of every kind
  const FitOptions& options = group.options;
  return FitProblem(*group.law, one, options.loss, options.residual, options.constraints).n_free();
}

void read_points(Fields& fields, Fitted& group) {
  const std::size_t n_inputs = group.law->info.inputs.size(), n_parameters = group.fit.theta.size();
  group.lowest = fields.require<std::vector<double>>("lowest");
  group.highest = fields.require<std::vector<double>>("highest");
  group.residuals = fields.require<std::vector<double>>("residuals");
  group.replicates.theta = fields.require<std::vector<double>>("replicates");
  require(fields, fields.has_problems() || n_parameters == group.law->info.parameters.size(),
          "'parameters' is missing in it");
  if (fields.has_problems()) return;
  require(fields, group.lowest.size() == n_inputs && group.highest.size() == n_inputs,
          "its inputs' ranges are not one an input");
  for (std::size_t k = 0; k < n_inputs; ++k)
    require(fields, group.lowest[k] <= group.highest[k],
            "the range of an input ends before it begins");
  require(fields, group.replicates.theta.size() % n_parameters == 0,
          "its replicates are not whole parameter vectors");
  group.replicates.n = group.replicates.theta.size() / n_parameters;
  require(fields,
          group.interval_for != IntervalFor::observation || !group.residuals.empty() ||
              group.replicates.n == 0,
          "it has no residuals");
}

void read_verdict(Fields& fields, Fit& fit) {
  fields.require<std::string>("status");
  if (const auto status = fields.get_choice("status", kStatuses))
    fit.status = static_cast<Status>(*status);
  fit.identified = fields.require<bool>("identified");
  fit.notes = fields.texts_or_empty("notes");
  // Absent in files of earlier versions.
  for (const double p :
       fields.get<std::vector<double>>("at_bounds").value_or(std::vector<double>{})) {
    require(fields, p >= 0 && p < double(fit.theta.size()) && p == std::floor(p),
            "its 'at_bounds' are no places of parameters");
    fit.at_bounds.push_back(static_cast<std::size_t>(p));
  }
}

/// Absent in files of earlier versions.
void read_possible(Fields& fields, const Loss& loss, Fitted& group) {
  if (loss.kind == LossKind::binomial) group.possible = kPossibleShares;
  const auto range = fields.get<std::vector<double>>("possible");
  if (!range) return;
  require(fields, range->size() == 2 && range->front() <= range->back(),
          "'possible' is no pair of a least and a most value");
  group.possible = ValueRange{range->front(), range->back()};
}

Conformal conformal_of(Fields& fields, const Fitted& group) {
  fields.ignore_other_keys();
  const Conformal conformal{fields.require<std::vector<double>>("parameters"),
                            fields.require<double>("radius", kNotNegative), group.options.level};
  require(fields, fields.has_problems() || conformal.theta.size() == group.fit.theta.size(),
          "its conformal fit has another law's parameters");
  return conformal;
}

void read_alternatives(Fields& fields, Fit& fit) {
  fields.items("alternatives", [&](Fields& alternative) {
    alternative.ignore_other_keys();
    fit.alternatives.push_back({alternative.require<std::vector<double>>("parameters"),
                                alternative.require<double>("objective")});
    require(alternative,
            alternative.has_problems() || fit.alternatives.back().theta.size() == fit.theta.size(),
            "an alternative has another law's parameters");
  });
}

/// The points, and the problem of them, where the file holds them.
void read_kept_points(Fields& fields, Fitted& group) {
  fields.table("points", [&](Fields& kept) {
    kept.ignore_other_keys();
    std::vector<std::vector<double>> inputs;
    kept.table("inputs", [&](Fields& columns) {
      columns.ignore_other_keys();
      for (const InputInfo& input : group.law->info.inputs)
        inputs.push_back(columns.require<std::vector<double>>(input.name));
    });
    const auto y = kept.require<std::vector<double>>("y");
    const auto weights = kept.require<std::vector<double>>("weights", kNotNegative);
    const bool profiled = kept.get<bool>("profiled").value_or(true);  // as in earlier versions
    if (kept.has_problems()) return;
    bool alike =
        !y.empty() && weights.size() == y.size() && inputs.size() == group.law->info.inputs.size();
    for (const std::vector<double>& column : inputs) alike = alike && column.size() == y.size();
    require(kept, alike, "its points are not of one length");
    group.points = std::make_shared<const Points>(Points::from_columns(inputs, y, weights));
    if (!profiled) return;
    const FitOptions& options = group.options;
    group.problem = std::make_shared<const FitProblem>(*group.law, *group.points, options.loss,
                                                       options.residual, options.constraints);
    group.fit.objective = group.problem->exact_objective(group.fit.theta);
    group.fit.n_points = y.size();
  });
}

Fitted group_of(Fields& fields, const table::Request& request, std::shared_ptr<const Law> law) {
  fields.ignore_other_keys();
  Fitted group;
  group.law = std::move(law);
  group.fit.law = group.law.get();
  group.label = fields.text_or_empty("group");
  fields.table("parameters", [&](Fields& parameters) {
    for (const ParameterInfo& parameter : group.law->info.parameters)
      group.fit.theta.push_back(parameters.require<double>(parameter.name));
  });
  read_verdict(fields, group.fit);
  read_possible(fields, request.loss, group);
  group.doubts = fields.texts_or_empty("doubts");  // absent in files of earlier versions
  if (const auto interval = fields.get_choice("interval", kIntervals))
    group.interval_for = static_cast<IntervalFor>(*interval);
  read_points(fields, group);
  group.options = {.loss = request.loss,
                   .residual = *request.residual,
                   .constraints = constraints_from(request.constraints),
                   .level = request.level};
  if (fields.has_problems()) return group;
  const int coordinates = n_free(group);
  fields.table("covariance",
               [&](Fields& saved) { group.fit.covariance = covariance_of(saved, coordinates); });
  if (const auto kind = fields.get_choice("covariance_kind", kCovarianceKinds))
    group.covariance_kind = static_cast<CovarianceKind>(*kind);
  read_alternatives(fields, group.fit);
  read_kept_points(fields, group);
  fields.table("conformal", [&](Fields& saved) { group.conformal = conformal_of(saved, group); });
  fields.table("rival", [&](Fields& saved) {
    require(saved, !saved.has("rival"), "a rival has one itself");
    group.rival = std::make_shared<const Fitted>(group_of(saved, request, group.law));
  });
  return group;
}

SavedFit saved_fit_of(Fields& top) {
  top.ignore_other_keys();  // here and below: another version's
  require(top, top.text_or_empty("kind") == kKind, "its 'kind' is not \"rung fit\"");
  for (const char* key : {"schema_version", "request", "groups"}) {
    if (!top.has(key)) throw InputError(top.where(), "'" + std::string(key) + "' is missing");
  }
  const auto version = top.require<double>("schema_version");
  require(top, top.has_problems() || version == kSchemaVersion,
          "its 'schema_version' is another than 1: another version of rung wrote it");
  if (top.has_problems()) return {};
  SavedFit saved;
  top.table("request", [&](Fields& request) {
    saved.says_rows = request.has("where");
    saved.request = request_of(request);
  });
  saved.flops_over_six_nd = top.get<double>("flops_over_six_nd", kPositive);  // may be absent
  if (top.has_problems()) return saved;
  const std::shared_ptr<const Law> law = table::law_of(saved.request);
  require(top, law->n_parameters() > 0, "its law has no parameters");
  top.items("groups",
            [&](Fields& group) { saved.groups.push_back(group_of(group, saved.request, law)); });
  require(top, top.has_problems() || !saved.groups.empty(), "it holds none");
  return saved;
}

}  // namespace

std::string saved_fit_text(const SavedFit& saved) {
  Json groups = Json::array();
  for (const Fitted& group : saved.groups) groups.push_back(group_json(group));
  const Residual residual = saved.groups.empty() ? saved.request.residual.value_or(Residual::raw)
                                                 : saved.groups.front().options.residual;
  return json_text({{"schema_version", kSchemaVersion},
                    {"kind", kKind},
                    {"request", request_json(saved.request, residual)},
                    {"flops_over_six_nd", json_number(saved.flops_over_six_nd)},
                    {"groups", groups}});
}

SavedFit read_saved_fit(const std::string& text, const std::string& file) {
  try {
    SavedFit saved;
    read_json_fields(text, file, [&](Fields& top) { saved = saved_fit_of(top); });
    return saved;
  } catch (const InputError& error) {
    std::vector<Problem> problems = error.problems();
    for (Problem& problem : problems) {
      // The law's and the constraints' know no file.
      if (problem.location.file.empty()) problem.location.file = file;
      if (problem.hint.empty()) problem.hint = "rung fit --save-fit writes one";
    }
    throw InputError(std::move(problems));
  }
}

}  // namespace rung

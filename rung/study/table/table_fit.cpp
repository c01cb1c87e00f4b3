#include "rung/study/table/table_fit.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/expression.hpp"
#include "rung/core/index.hpp"
#include "rung/core/text.hpp"
#include "rung/data/group.hpp"
#include "rung/data/select.hpp"
#include "rung/law/formula.hpp"
#include "rung/study/table/coefficients.hpp"
#include "rung/study/table/column_checks.hpp"
#include "rung/study/table/column_words.hpp"
#include "rung/study/table/schedule.hpp"

namespace rung::table {
namespace {

Mapping x_mapping(const Request& request) {
  return request.x.empty() ? Mapping() : parse_mapping(request.x, "--x");
}

std::vector<std::string> input_names(const Request& request) {
  std::vector<std::string> names;
  for (const auto& [name, expression] : x_mapping(request)) names.push_back(name);
  return names;
}

/// The names of --x that are a formula's inputs. A name that differs by capitals alone was hardly
/// meant as a parameter: it stays, to be told.
std::vector<std::string> formula_inputs(const Request& request) {
  const std::vector<std::string> names = input_names(request);
  if (!request.takes_named_inputs) return names;
  const std::vector<std::string> used = names_in(parse_expression(request.formula, "--formula"));
  std::vector<std::string> inputs;
  for (const std::string& name : names) {
    const bool is_meant = std::any_of(used.begin(), used.end(), [&](const std::string& one) {
      return one == name || (lower_case(one) == lower_case(name) && !contains(names, one));
    });
    if (is_meant) inputs.push_back(name);
  }
  return inputs.empty() ? names : inputs;
}

/// The table with a column for each of the law's inputs.
Table with_inputs(Table table, const Mapping& x, const Law& law) {
  table = with_input_columns(std::move(table), x, law);
  std::vector<Problem> problems;
  for (const InputInfo& input : law.info.inputs) {
    if (table.has(input.name)) continue;
    std::string hint = did_you_mean(input.name, table.column_names());
    if (!hint.empty()) hint += " ";
    problems.push_back({{table.source()},
                        "nothing says what '" + input.name + "' (" + input.meaning + ") is",
                        hint + "say it with --x \"" + input.name + "=COLUMN\""});
  }
  if (!problems.empty()) throw InputError(problems);
  return table;
}

/// With the inputs that follow from a learning-rate schedule, as many parts as the law has.
Table with_schedule_columns(Table table, const Request& request, const Law& law) {
  if (request.schedule.empty()) return table;
  const auto has = [&](const std::string& name) {
    return std::any_of(law.info.inputs.begin(), law.info.inputs.end(),
                       [&](const InputInfo& input) { return input.name == name; });
  };
  std::size_t n_parts = 0;
  while (has("d" + std::to_string(n_parts + 1))) ++n_parts;
  if (n_parts == 0 && !has("S1") && !has("S2"))
    throw InputError("--schedule: '" + law.info.name + "' takes no learning-rate schedule",
                     "laws that do: lr-annealing, tissue, multi-power");
  return with_schedule(std::move(table),
                       {request.schedule, request.schedule_step, request.schedule_run}, n_parts);
}

void add_expression(Table& table, const std::string& text, const std::string& source,
                    const char* column) {
  table.set({column, evaluate(parse_expression(text, source), table)});
}

void convert_units(Table& table, const Request& request) {
  if (!request.fit_loss_unit) return;
  if (!request.loss_unit)
    throw InputError("--fit-loss-unit converts from a unit that --loss-unit has to say");
  std::vector<double> bytes;
  if (!request.bytes_per_token.empty())
    bytes = evaluate(parse_expression(request.bytes_per_token, "--bytes-per-token"), table);
  std::vector<double> y = table.numbers(kY);
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (std::isnan(y[i])) continue;
    y[i] = convert_loss(y[i], *request.loss_unit, *request.fit_loss_unit,
                        bytes.empty() ? std::nullopt : std::optional(bytes[i]));
  }
  table.set({kY, y});
}

/// N in the convention to fit in.
void convert_params(Table& table, const Request& request) {
  if (!request.fit_params || request.fit_params == request.params) return;
  if (!request.params)
    throw InputError("--fit-params converts from a convention that --params has to say");
  if (!table.has("N")) throw InputError("--fit-params converts N, which the law does not have");
  const auto column = [&](const std::string& text, const char* option) {
    return text.empty() ? std::vector<double>{} : evaluate(parse_expression(text, option), table);
  };
  const std::vector<double> embedding = column(request.embedding, "--embedding"),
                            inactive = column(request.inactive, "--inactive");
  const auto at = [](const std::vector<double>& values, std::size_t i) {
    return values.empty() ? std::nullopt : std::optional(values[i]);
  };
  std::vector<double> n = table.numbers("N");
  for (std::size_t i = 0; i < n.size(); ++i) {
    if (std::isnan(n[i])) continue;
    try {
      n[i] = rung::convert_params(n[i], *request.params, *request.fit_params, at(embedding, i),
                                  at(inactive, i));
    } catch (const InputError& error) {
      const Problem& problem = error.problems().front();
      throw InputError(
          table.location(i), problem.message,
          problem.hint.empty() ? "say it with --embedding EXPR or --inactive EXPR" : problem.hint);
    }
  }
  table.set({"N", std::move(n)});
}

/// Rows in which none of the columns is absent.
std::vector<std::size_t> complete_rows(const Table& table,
                                       const std::vector<const std::vector<double>*>& columns) {
  std::vector<std::size_t> complete;
  for (std::size_t i = 0; i < table.n_rows(); ++i) {
    if (std::none_of(columns.begin(), columns.end(),
                     [i](const auto* values) { return std::isnan((*values)[i]); }))
      complete.push_back(i);
  }
  return complete;
}

/// "line 3", "line 1, column 417"
std::string place_words(const Location& place) {
  return "line " + std::to_string(place.line) +
         (place.column > 0 ? ", column " + std::to_string(place.column) : "");
}

/// "2 of 7 rows (first: line 3) lack an input and are left out".
std::string left_out_words(const Table& table, const std::vector<std::size_t>& kept,
                           const std::string& why) {
  std::size_t first = 0;
  while (first < kept.size() && kept[first] == first) ++first;
  const Location place = table.location(first);
  return std::to_string(table.n_rows() - kept.size()) + " of " + std::to_string(table.n_rows()) +
         " rows" + (place.line > 0 ? " (first: " + place_words(place) + ")" : "") + " " + why +
         " and are left out";
}

/// The queries, one a row of the table, of these groups and of any.
std::vector<Query> of_known_groups(std::vector<Query> queries, const Table& table,
                                   const std::vector<std::string>& groups,
                                   std::vector<std::string>& warnings) {
  std::vector<std::size_t> kept;
  std::vector<std::string> unknown;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const std::string& group = queries[i].group;
    if (group.empty() || contains(groups, group)) {
      kept.push_back(i);
    } else if (const std::string name = "'" + group + "'"; !contains(unknown, name)) {
      unknown.push_back(name);
    }
  }
  if (unknown.empty()) return queries;
  if (kept.empty())
    throw InputError(Location{table.source()}, "no row is of a group that the fit has",
                     "its groups are '" + join(groups, "', '") + "'");
  warnings.push_back(
      table.source() + ": " +
      left_out_words(table, kept, "are of no group of the fit (" + join(unknown, ", ") + ")"));
  std::vector<Query> found;
  for (const std::size_t i : kept) found.push_back(std::move(queries[i]));
  return found;
}

std::vector<const std::vector<double>*> input_columns(const Table& table, const Law& law) {
  std::vector<const std::vector<double>*> columns;
  for (const InputInfo& input : law.info.inputs) columns.push_back(&table.numbers(input.name));
  return columns;
}

Points points_of(const Table& table, const Law& law, const std::vector<std::size_t>& rows) {
  Points points(law.info.inputs.size(), rows.size());
  const std::vector<double>& y = table.numbers(kY);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<double> inputs;
    for (const InputInfo& input : law.info.inputs)
      inputs.push_back(table.numbers(input.name)[rows[i]]);
    double weight = 1;
    for (const char* column : {kWeights, kQuestions}) {
      if (table.has(column)) weight *= table.numbers(column)[rows[i]];
    }
    points.set(i, inputs, y[rows[i]], weight);
  }
  return points;
}

void check_priors(const std::vector<Constraint>& constraints, const Loss& loss) {
  if (loss.kinked() && any_prior(constraints))
    throw InputError("a prior can't be weighed against --loss " + loss.text() +
                         ", which has no curvature to say how sure the data are",
                     "--loss huber:D with a small D is as robust and has one");
}

/// Of a formula of one's own no bounds are known but by guess.
void check_fixed(const std::vector<Constraint>& constraints, const Request& request,
                 const Law& law) {
  if (!request.formula.empty()) return;
  for (const Constraint& constraint : constraints) {
    const int p = law.parameter_index(constraint.parameter);
    if (constraint.fixed && p >= 0)
      require_within_bounds(law.info, law.info.parameters[at(p)], *constraint.fixed, "--fix");
  }
}

Residual residual_of(const Request& request, const Law& law) {
  if (request.loss.kind != LossKind::binomial) return request.residual.value_or(law.info.residual);
  if (request.residual.value_or(Residual::raw) != Residual::raw)
    throw InputError("--loss binomial takes shares as they are, with no --residual " +
                         std::string(residual_name(*request.residual)),
                     "leave --residual out");
  return Residual::raw;
}

void doubt_units(const Prepared& prepared, const Request& request,
                 std::vector<std::string>& warnings) {
  UnitDoubtInputs inputs;
  const auto column = [&](const char* name) -> std::span<const double> {
    for (const InputInfo& input : prepared.law->info.inputs) {
      if (input.name == name) return prepared.table.numbers(name);
    }
    return {};
  };
  inputs.n_params = column("N");
  inputs.n_tokens = column("D");
  inputs.compute_flops = column("C");
  const std::optional<LossUnit> unit =
      request.fit_loss_unit ? request.fit_loss_unit : request.loss_unit;
  if (unit || request.y == "loss") {
    inputs.loss = prepared.table.numbers(kY);
    inputs.loss_unit = unit.value_or(LossUnit::nats_per_token);
  }
  if (prepared.law->info.output == "accuracy") inputs.share = prepared.table.numbers(kY);
  for (std::string& doubt : unit_doubts(inputs)) warnings.push_back(std::move(doubt));
}

}  // namespace

bool any_prior(const std::vector<Constraint>& constraints) {
  return std::any_of(constraints.begin(), constraints.end(), [](const Constraint& constraint) {
    return constraint.prior_mean.has_value();
  });
}

bool maps_compute(const Request& what) { return contains(input_names(what), std::string("C")); }

std::shared_ptr<const Law> law_of(const Request& request, std::vector<std::string>* warnings) {
  if (request.law.empty() == request.formula.empty()) {
    throw InputError(request.law.empty() ? "which law?" : "--law and --formula are both given",
                     "give one of --law NAME (rung laws lists them) and --formula TEXT");
  }
  if (!request.law.empty()) return request.laws.find(request.law);
  if (request.x.empty())
    throw InputError("--formula needs --x, which names its inputs", "--x \"N=params, D=tokens\"");
  FormulaOptions options;
  options.parameters = formula_parameters(constraints_from(request.constraints));
  // A group's own parameter, "E[a]", is none of the formula's.
  if (!request.group_by.empty())
    std::erase_if(options.parameters,
                  [](const FormulaParameter& known) { return known.name.ends_with(']'); });
  std::vector<Problem> doubts;
  const auto law = std::make_shared<const Law>(
      formula_law(request.formula, formula_inputs(request), options, &doubts));
  if (warnings) {
    for (const Problem& doubt : doubts)
      // Without the lines of the formula and of the marks under it.
      warnings->push_back(doubt.message.substr(0, doubt.message.find('\n')) +
                          (doubt.hint.empty() ? "" : " (" + doubt.hint + ")"));
  }
  return law;
}

Prepared prepare(Table table, const Request& request) {
  Prepared prepared;
  prepared.law = law_of(request, &prepared.warnings);
  const Law& law = *prepared.law;
  prepared.constraints = constraints_from(request.constraints);
  check_priors(prepared.constraints, request.loss);
  check_fixed(prepared.constraints, request, law);
  prepared.residual = residual_of(request, law);
  prepared.x = x_mapping(request);
  prepared.y = request.y;
  for (std::string& doubt : doubts_of_names(prepared.x))
    prepared.warnings.push_back(std::move(doubt));
  prepared.n_read = table.n_rows();
  // Of all rows: those that --where leaves out were trained, too.
  table = with_schedule_columns(std::move(table), request, law);
  if (!request.where.empty()) table = where(table, parse_expression(request.where, "--where"));
  prepared.n_excluded = prepared.n_read - table.n_rows();
  if (table.n_rows() == 0) {
    throw InputError(
        Location{table.source()}, prepared.n_read == 0 ? "the table has no rows" : "no row is left",
        prepared.n_read == 0 ? "each run needs one, with its inputs and what came of it"
                             : "--where leaves out all of them");
  }
  table = with_inputs(std::move(table), prepared.x, law);
  convert_params(table, request);
  add_expression(table, request.y, "--y", kY);
  if (!request.weights.empty()) add_expression(table, request.weights, "--weights", kWeights);
  if (!request.questions.empty())
    add_expression(table, request.questions, "--loss binomial", kQuestions);
  convert_units(table, request);

  std::vector<const std::vector<double>*> needed = input_columns(table, law);
  needed.push_back(&table.numbers(kY));
  for (const char* column : {kWeights, kQuestions}) {
    if (table.has(column)) needed.push_back(&table.numbers(column));
  }
  const std::vector<std::size_t> complete = complete_rows(table, needed);
  prepared.n_missing = table.n_rows() - complete.size();
  if (complete.empty()) {
    throw InputError(Location{table.source()}, "no row has a value for y and every input",
                     "are --y and --x the right columns?");
  }
  prepared.table = select_rows(table, complete);
  if (prepared.n_missing > 0)
    prepared.warnings.push_back(left_out_words(table, complete, "lack y, a weight or an input"));

  std::vector<Problem> problems;
  check_inputs(prepared.table, law, prepared.x, true, problems);
  check_observations(prepared.table, prepared.residual, prepared.y, problems);
  if (!problems.empty()) throw InputError(problems);
  for (Group& group : group_by(prepared.table, request.group_by)) {
    Points points = points_of(prepared.table, law, group.rows);
    prepared.samples.push_back({group.label, std::move(points), std::move(group.rows)});
  }
  doubt_units(prepared, request, prepared.warnings);
  return prepared;
}

std::vector<Query> queries_of(Table table, const Request& request, const Law& law,
                              const std::vector<std::string>& groups,
                              std::vector<std::string>& warnings) {
  table = with_schedule_columns(std::move(table), request, law);
  const Mapping x = x_mapping(request);
  table = with_inputs(std::move(table), x, law);
  convert_params(table, request);
  // The observation is optional here: rows to predict mostly have none.
  bool observed = true;
  for (const std::string& name : names_in(parse_expression(request.y, "--y")))
    observed = observed && table.has(name);
  if (observed) {
    add_expression(table, request.y, "--y", kY);
    convert_units(table, request);
  }
  const std::vector<std::size_t> complete = complete_rows(table, input_columns(table, law));
  if (complete.empty())
    throw InputError(Location{table.source()}, "no row has a value for every input");
  if (complete.size() < table.n_rows())
    warnings.push_back(table.source() + ": " + left_out_words(table, complete, "lack an input"));
  table = select_rows(table, complete);
  std::vector<Problem> problems;
  check_inputs(table, law, x, false, problems);
  if (!problems.empty()) throw InputError(problems);

  std::vector<Query> queries(table.n_rows());
  const bool grouped = std::all_of(request.group_by.begin(), request.group_by.end(),
                                   [&](const std::string& name) { return table.has(name); });
  if (grouped) {
    for (const Group& group : group_by(table, request.group_by)) {
      for (const std::size_t row : group.rows) queries[row].group = group.label;
    }
  }
  const std::vector<const std::vector<double>*> columns = input_columns(table, law);
  for (std::size_t i = 0; i < table.n_rows(); ++i) {
    for (const std::vector<double>* column : columns) queries[i].inputs.push_back((*column)[i]);
    const double actual = observed ? table.numbers(kY)[i] : std::nan("");
    if (!std::isnan(actual)) queries[i].actual = actual;
  }
  return of_known_groups(std::move(queries), table, groups, warnings);
}

FitOptions fit_options(const Prepared& prepared, const Request& request) {
  return {.loss = request.loss,
          .residual = prepared.residual,
          .constraints = prepared.constraints,
          .level = request.level};
}

}  // namespace rung::table

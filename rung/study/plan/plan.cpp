#include "rung/study/plan/plan.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/study/plan/allocation.hpp"
#include "rung/study/plan/grid.hpp"
#include "rung/study/table/column_checks.hpp"
#include "rung/study/table/column_words.hpp"
#include "rung/study/table/predictions.hpp"

namespace rung::plan {
namespace {

bool has_input(const Law& law, const char* name) {
  return std::any_of(law.info.inputs.begin(), law.info.inputs.end(),
                     [name](const InputInfo& input) { return input.name == name; });
}

struct Cost {
  std::string expression;
  std::string note{}, warning{};  // on it; "": nothing
};

/// Of a law of N and D, where candidates don't say their own: as the runs' C has it, or 6 N D.
Cost training_cost(const PlanRequest& request, const table::Prepared& prepared) {
  const std::string plain = "6*N*D";
  if (!table::maps_compute(request.what)) return {plain};
  const std::optional<double> over_six_nd = flops_over_six_nd(request.what, prepared);
  if (!over_six_nd)
    return {.expression = plain,
            .warning =
                "C in --x has no effect: the runs' is not one multiple of 6 N D, and the "
                "candidates don't say theirs, so that one costs 6 N D (--cost EXPR says "
                "what else)"};
  if (counts_six_nd(*over_six_nd)) return {plain};
  return {.expression = shortest(*over_six_nd * kTrainingFlops) + "*N*D",
          .note = "a candidate costs the runs' C, which is " + significant(*over_six_nd, 3) +
                  " times 6 N D"};
}

/// `offered`: what there is to choose from.
Cost cost_of(const PlanRequest& request, const table::Prepared& prepared, const Table& offered) {
  const Law& law = *prepared.law;
  if (request.n_runs > 0) return {"1"};
  if (!request.cost.empty()) return {request.cost};
  if (table::maps_compute(request.what) && offered.has("C")) return {"C"};
  if (has_input(law, "N") && has_input(law, "D")) return training_cost(request, prepared);
  if (has_input(law, "C")) return {"C"};
  throw InputError("what does a candidate cost?",
                   "'" + law.info.name +
                       "' has neither N and D nor C: give --cost EXPR, or "
                       "--runs to count them");
}

double budget_of(const PlanRequest& request, const std::optional<Hardware>& hardware) {
  return request.n_runs > 0 ? request.n_runs : budget_flops(request.budget, hardware);
}

/// What --x says of the inputs, and of what else candidates have.
Mapping mapping_for(const Table& table, const PlanRequest& request, const Law& law) {
  Mapping mapping = parse_mapping(request.what.x, "--x");
  // Candidates need not say what only the runs' costs go by.
  std::erase_if(mapping, [&](const Mapping::value_type& entry) {
    const std::vector<std::string> names = names_in(entry.second);
    return !has_input(law, entry.first.c_str()) &&
           std::none_of(names.begin(), names.end(), [&](const std::string& name) {
             return table.has(name) || has_input(law, name.c_str());
           });
  });
  return mapping;
}

/// What there is to choose from, and what the user says of its inputs.
struct Offered {
  Table table;
  Mapping x{};  // empty: columns named as the inputs
};

/// With the law's inputs as numbers: those columns, or what --x says. A grid that names some of the
/// inputs and not others lacks these.
Offered with_inputs_said(Table table, const PlanRequest& request, bool is_grid, const Law& law) {
  const std::vector<InputInfo>& inputs = law.info.inputs;
  const auto is_named = [&](const InputInfo& input) { return table.has(input.name); };
  const auto lacking = std::find_if_not(inputs.begin(), inputs.end(), is_named);
  if (lacking == inputs.end() || request.what.x.empty())
    return {table::with_input_columns(std::move(table), {}, law)};
  const bool any_named = std::any_of(inputs.begin(), inputs.end(), is_named);
  Mapping mapping = mapping_for(table, request, law);
  try {
    return {table::with_input_columns(table, mapping, law), std::move(mapping)};
  } catch (const InputError&) {
    if (!is_grid || !any_named) throw;
    throw InputError("--grid says nothing of '" + lacking->name + "'",
                     "such as --grid \"N=1e8..1e9:4, D=20*N\"");
  }
}

/// With C as --x says it, where candidates have what that is made of, be it by the law's names.
Table with_compute_said(Table table, const PlanRequest& request) {
  if (table.has("C") || !table::maps_compute(request.what)) return table;
  const Mapping mapping = parse_mapping(request.what.x, "--x");
  Table known = table;
  const Expression* compute = nullptr;
  for (const auto& [name, expression] : mapping) {
    if (name == "C") compute = &expression;
    const ExpressionNode& column = expression.root;
    if (column.op == Op::name && table.has(name) && !known.has(column.text))
      known.add({column.text, table.numbers(name)});
  }
  const std::vector<std::string> names = names_in(*compute);
  if (std::all_of(names.begin(), names.end(),
                  [&](const std::string& name) { return known.has(name); }))
    table.add({"C", evaluate(*compute, known)});
  return table;
}

/// With the law's inputs among its columns, where the request says what they are.
Offered candidate_table(const PlanRequest& request, std::optional<Table> table, const Law& law) {
  const bool is_grid = !table;
  Offered offered = with_inputs_said(is_grid ? candidate_grid(request.grid) : std::move(*table),
                                     request, is_grid, law);
  offered.table = with_compute_said(std::move(offered.table), request);
  return offered;
}

/// InputError with every candidate that lacks an input that the law can take, or a positive cost.
void check_candidates(const Offered& offered, const std::string& cost,
                      const std::vector<double>& costs, const Law& law) {
  const Table& table = offered.table;
  std::vector<Problem> problems;
  for (const InputInfo& input : law.info.inputs) {
    const std::vector<double>& values = table.numbers(input.name);
    const auto missing =
        std::find_if(values.begin(), values.end(), [](double value) { return std::isnan(value); });
    if (missing != values.end())
      problems.push_back({table.location(static_cast<std::size_t>(missing - values.begin())),
                          shown_expression(table::expression_of(offered.x, input.name)) +
                              " is missing, which a candidate needs",
                          "leave the row out of the table"});
  }
  if (problems.empty()) table::check_inputs(table, law, offered.x, false, problems);
  const auto costs_nothing = std::find_if(
      costs.begin(), costs.end(), [](double cost) { return !(cost > 0 && std::isfinite(cost)); });
  if (problems.empty() && costs_nothing != costs.end())
    problems.push_back({table.location(static_cast<std::size_t>(costs_nothing - costs.begin())),
                        "the cost, " + cost + ", is " +
                            (std::isnan(*costs_nothing) ? "missing" : shortest(*costs_nothing)) +
                            ", but has to be positive",
                        "--cost EXPR says what a candidate costs"});
  if (!problems.empty()) throw InputError(problems);
}

std::vector<Candidate> candidates_of(const Offered& offered, const std::string& cost,
                                     const Law& law) {
  const Table& table = offered.table;
  if (table.n_rows() == 0) throw InputError(Location{table.source()}, "holds no candidate");
  const std::vector<double> costs = evaluate(parse_expression(cost, "--cost"), table);
  check_candidates(offered, cost, costs, law);
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < table.n_rows(); ++i) {
    Candidate candidate{.cost = costs[i]};
    for (const InputInfo& input : law.info.inputs)
      candidate.inputs.push_back(table.numbers(input.name)[i]);
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

/// What to say where there are fewer runs than asked for, or nothing had to be chosen; "": nothing.
std::string words_of_few(const PlanRequest& request, const PlanResult& result) {
  const std::size_t n_all =
      result.candidates.size() * static_cast<std::size_t>(request.most_repeats);
  const std::size_t n_planned = result.design.runs.size();
  const std::string all =
      "all of the " + counted(result.candidates.size(), "candidate") + ", " +
      (request.most_repeats > 1 ? std::to_string(request.most_repeats) + " times each"
                                : "once each") +
      ": offer more, or raise --repeats";
  if (n_planned == 0) {
    double cheapest = kInfinity;
    for (const Candidate& candidate : result.candidates)
      cheapest = std::min(cheapest, candidate.cost);
    if (!(cheapest > result.budget)) return "";
    return "the cheapest candidate costs " + significant(cheapest) + ", and the budget is " +
           significant(result.budget);
  }
  if (!result.counts_runs) return n_planned == n_all ? "the budget pays for " + all : "";
  if (n_planned >= static_cast<std::size_t>(request.n_runs)) return "";
  return "--runs asks for " + std::to_string(request.n_runs) + ", and there are " +
         std::to_string(n_planned) + ": " + (n_planned == n_all ? all : "no further run helps");
}

}  // namespace

Criterion parse_criterion(const std::string& text) {
  if (text == "d") return Criterion::d;
  if (text == "v") return Criterion::v;
  if (text == "c") return Criterion::c;
  throw InputError("--criterion '" + text + "' is not known", "one of c, v, d");
}

std::string_view criterion_name(Criterion criterion) {
  if (criterion == Criterion::d) return "d";
  return criterion == Criterion::v ? "v" : "c";
}

void PlanRequest::validate(bool has_candidate_table,
                           const std::optional<Hardware>& hardware) const {
  table::law_of(what);
  if ((n_runs > 0) != budget.empty())
    throw InputError(
        n_runs > 0 ? "--runs and --budget are both given" : "how much may the runs cost?",
        "give one of --budget and --runs");
  if (n_runs > 0 && (!cost.empty() || hardware))
    throw InputError("--runs counts runs, whatever they cost",
                     "leave --cost and --hardware out, or give a --budget");
  budget_of(*this, hardware);
  if (uncertainty.interval_for == IntervalFor::conformal)
    throw InputError("--interval conformal says nothing of runs that are not there yet",
                     "one of mean, observation");
  if (what.loss.kind == LossKind::binomial)
    throw InputError("--loss binomial: how many questions a run to come is asked is not said",
                     "plan by --loss squared");
  if (has_candidate_table != grid.empty())
    throw InputError("which runs to choose from?", "give one of --candidates FILE and --grid LIST");
}

PlanResult run(const PlanRequest& request, const table::Prepared& prepared,
               std::optional<Table> offered, const std::optional<Hardware>& hardware) {
  const Law& law = *prepared.law;
  table::check_determined(prepared);
  table::UncertaintyOptions uncertainty = request.uncertainty;
  uncertainty.resample.n_replicates = 0;
  PlanResult result;
  result.budget = budget_of(request, hardware);
  result.counts_runs = request.n_runs > 0;
  result.counts_flops = !result.counts_runs && (request.cost.empty() || hardware);
  result.hardware = hardware;
  result.fitted =
      table::fit_group(prepared, prepared.samples.front(), request.what, uncertainty).fitted;
  DesignOptions options{.criterion = request.criterion,
                        .budget = result.budget,
                        .most_repeats = request.most_repeats,
                        .refine = !request.greedy};
  for (const std::string& at : request.at) options.targets.push_back(table::inputs_at(at, law));
  const Offered choice = candidate_table(request, std::move(offered), law);
  const Cost cost = cost_of(request, prepared, choice.table);
  if (!cost.note.empty()) result.notes.push_back(cost.note);
  if (uncertainty.sandwich && table::any_prior(prepared.constraints))
    result.notes.push_back("--covariance changes nothing: with priors it is Laplace's");
  result.candidates = candidates_of(choice, cost.expression, law);
  result.design = next_runs(result.fitted, result.candidates, options);
  if (!cost.warning.empty()) result.design.warnings.push_back(cost.warning);
  if (std::string words = words_of_few(request, result); !words.empty())
    result.design.warnings.push_back(std::move(words));
  return result;
}

}  // namespace rung::plan

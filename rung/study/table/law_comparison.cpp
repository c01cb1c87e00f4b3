#include "rung/study/table/law_comparison.hpp"

#include <algorithm>
#include <set>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/study/table/row_doubts.hpp"

namespace rung::table {
namespace {

/// The law whose rolled predictions are best; the one without any is never chosen.
std::size_t best_of(const std::vector<Backtest>& laws) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < laws.size(); ++i) {
    if (laws[best].rollouts.empty() ||
        (!laws[i].rollouts.empty() && laws[i].median_error < laws[best].median_error))
      best = i;
  }
  return best;
}

/// Each law's rows of the group, null where it has none.
LawsOnGroup laws_on(const std::string& label, const std::vector<Prepared>& prepared,
                    const std::vector<Request>& requests, const std::vector<std::string>& names) {
  LawsOnGroup laws{prepared, requests, names};
  for (const Prepared& one : prepared) {
    const auto sample =
        std::find_if(one.samples.begin(), one.samples.end(),
                     [&](const Sample& candidate) { return candidate.label == label; });
    laws.samples.push_back(sample == one.samples.end() ? nullptr : &*sample);
  }
  return laws;
}

/// Which rows are one run's, by the first law that can tell: one without the tokens can't.
void find_runs(const LawsOnGroup& laws, GroupBacktest& group) {
  for (std::size_t i = 0; i < laws.samples.size() && group.run_column.empty(); ++i) {
    if (laws.samples[i] == nullptr) continue;
    group.run_column = checkpoint_column(laws.prepared[i], *laws.samples[i]);
    group.unnamed_runs =
        group.run_column.empty() &&
        (group.unnamed_runs || has_unnamed_runs(laws.prepared[i], *laws.samples[i]));
  }
}

/// The same for all laws, so that their errors compare: from the fewest rows, enough for the law
/// with the most parameters. Between runs where they end apart, and else between rows.
std::vector<double> common_cutoffs(const LawsOnGroup& laws, BacktestOptions& options) {
  std::size_t fewest = laws.samples.size();
  std::size_t n_free = 0;
  for (std::size_t i = 0; i < laws.samples.size(); ++i) {
    if (laws.samples[i] == nullptr) continue;
    n_free = std::max(n_free, n_free_of(laws.prepared[i]));
    if (fewest == laws.samples.size() ||
        laws.samples[i]->points.size() < laws.samples[fewest]->points.size())
      fewest = i;
  }
  options.whole_runs =
      !options.run_column.empty() &&
      has_cutoff_between_runs(laws.prepared[fewest], *laws.samples[fewest], options, n_free);
  return cutoffs_of(laws.prepared[fewest], *laws.samples[fewest], options, n_free);
}

/// Early cutoffs may leave rows that determine one law and not another: errors compare over those
/// from which all laws are rolled. What was left out of which law, in words; "": nothing.
std::string keep_common_cutoffs(double tolerance, std::vector<Backtest>& laws) {
  std::optional<std::set<double>> common;
  for (const Backtest& law : laws) {
    std::set<double> own;
    for (const Rollout& rollout : law.rollouts)
      if (!common || common->contains(rollout.cutoff)) own.insert(rollout.cutoff);
    if (!law.rollouts.empty()) common = std::move(own);
  }
  if (!common || common->empty()) return "";
  std::vector<std::string> more;
  for (Backtest& law : laws) {
    const std::size_t before = law.rollouts.size();
    keep_cutoffs(*common, tolerance, law);
    if (law.rollouts.size() < before)
      more.push_back(law.law + " has " + std::to_string(before - law.rollouts.size()) + " more");
  }
  return more.empty() ? ""
                      : "compared over the rollouts that all laws have: " + join(more, ", ") +
                            " from cutoffs below which another can't be fitted";
}

/// The places of --at by the quantity rolled over, as far as they say it.
std::vector<Target> targets_of(const BacktestRequest& request, const LawsOnGroup& laws,
                               const GroupBacktest& group) {
  double over_six_nd = 1;
  for (std::size_t i = 0; i < laws.samples.size() && over_six_nd == 1; ++i) {
    if (laws.samples[i] != nullptr)
      over_six_nd = compute_over_six_nd(laws.prepared[i], *laws.samples[i], request.options);
  }
  std::vector<Target> targets;
  for (std::size_t k = 0; k < group.averages.size(); ++k) {
    if (const auto at = quantity_at(group.averages[k].inputs, request.options.over, over_six_nd))
      targets.push_back({request.at[k], *at});
  }
  return targets;
}

GroupBacktest run_group(const BacktestRequest& request, const LawsOnGroup& laws,
                        const std::string& label) {
  GroupBacktest group;
  group.label = label;
  find_runs(laws, group);
  BacktestOptions options = request.options;
  options.run_column = group.run_column;
  const std::vector<double> cutoffs = common_cutoffs(laws, options);
  group.whole_runs = options.whole_runs;
  for (std::size_t i = 0; i < laws.samples.size(); ++i) {
    Backtest law{.unfit = "no row has y and all of its inputs"};
    law.criteria.aic = kInfinity;
    if (laws.samples[i] != nullptr)
      law = backtest(laws.prepared[i], *laws.samples[i], laws.requests[i], cutoffs, options);
    law.law = laws.names[i];
    group.laws.push_back(std::move(law));
  }
  group.left_out = keep_common_cutoffs(request.options.tolerance, group.laws);
  group.akaike_weights = law_weights(group.laws, AverageBy::akaike);
  group.best = best_of(group.laws);
  if (!request.at.empty()) {
    group.average_weights = law_weights(group.laws, request.average);
    group.averages = average_at(laws, group.average_weights, request.at, options);
  }
  group.targets = targets_of(request, laws, group);
  for (Backtest& law : group.laws)
    law.reservations =
        reservations_on(law, request.what.level, request.options.tolerance, group.targets);
  return group;
}

/// Of all laws, in the order in which they are met.
std::vector<std::string> group_labels(const std::vector<Prepared>& prepared) {
  std::vector<std::string> labels;
  for (const Prepared& one : prepared) {
    for (const Sample& sample : one.samples) {
      if (!contains(labels, sample.label)) labels.push_back(sample.label);
    }
  }
  return labels;
}

/// What is done about rows that share a run's noise; "": each is a run.
std::string words_on_runs(const GroupBacktest& group, const BacktestRequest& request) {
  if (group.unnamed_runs)
    return "rows in a row look like checkpoints of one run, which share its noise, and intervals "
           "are too narrow: with a column of text that names the run, whole runs are held out";
  if (group.run_column.empty()) return "";
  const BacktestOptions& options = request.options;
  return "rows of one '" + group.run_column + "' look like checkpoints of one run: " +
         (group.whole_runs
              ? "whole runs are held out, each predicted at its last row"
              : "over " + options.over + " runs don't end apart, so rows are held out") +
         (!request.what.constraints.prior.empty()
              ? ", and with priors no interval allows for the noise that a run's rows share"
              : ", and intervals allow for the noise that a run's rows share") +
         (options.noise_sd ? ", which --noise-sd doesn't say" : "");
}

std::vector<std::string> warnings_of(const GroupBacktest& group, const LawsOnGroup& laws,
                                     const BacktestRequest& request) {
  std::vector<std::string> warnings;
  const std::string where = group.label.empty() ? "" : "group '" + group.label + "': ";
  if (std::string words = words_on_runs(group, request); !words.empty())
    warnings.push_back(where + words);
  std::set<std::size_t> sizes;
  for (std::size_t i = 0; i < group.laws.size(); ++i) {
    const Backtest& law = group.laws[i];
    const std::string& why = law.unfit.empty() ? law.doubt : law.unfit;
    if (!why.empty()) warnings.push_back(where + law.law + ": " + why);
    if (!law.note.empty()) warnings.push_back(where + law.law + ": " + law.note);
    if (laws.samples[i] != nullptr) sizes.insert(laws.samples[i]->points.size());
  }
  if (sizes.size() > 1)
    warnings.push_back(where +
                       "the laws are compared on different rows, for not all have every "
                       "law's inputs");
  if (!group.left_out.empty()) warnings.push_back(where + group.left_out);
  return warnings;
}

/// Runs of lower loss are the larger ones, which growing loss would have as known already.
std::string wrong_way(const Law& law, const std::string& over) {
  for (const InputInfo& input : law.info.inputs) {
    const bool is_loss = input.meaning.find("loss") != std::string::npos ||
                         input.meaning.find("entropy") != std::string::npos;
    if (input.name == over && is_loss)
      return "--over " + over + " predicts runs of high loss from those of low: --over 1/" + over +
             " goes from high to low";
  }
  return "";
}

/// What is said of all laws once, what is said of some with their names.
std::vector<std::string> warnings_of(const std::vector<Prepared>& prepared,
                                     const std::vector<std::string>& names) {
  std::vector<std::pair<std::string, std::vector<std::string>>> said;
  for (std::size_t i = 0; i < prepared.size(); ++i) {
    for (const std::string& warning : prepared[i].warnings) {
      auto known = std::find_if(said.begin(), said.end(),
                                [&](const auto& each) { return each.first == warning; });
      if (known == said.end()) known = said.insert(said.end(), {warning, {}});
      known->second.push_back(names[i]);
    }
  }
  std::vector<std::string> warnings;
  for (const auto& [warning, of] : said)
    warnings.push_back((of.size() < prepared.size() ? join(of, ", ") + ": " : "") + warning);
  return warnings;
}

/// Of an entry of --x that is no law's input, nor in what else is made of columns.
std::vector<std::string> unused_inputs(const BacktestRequest& request,
                                       const std::vector<Prepared>& prepared) {
  std::vector<std::string> used = {
      request.options.over.substr(request.options.over.starts_with("1/") ? 2 : 0)};
  for (const Prepared& one : prepared) {
    for (const InputInfo& input : one.law->info.inputs) used.push_back(input.name);
  }
  const Request& what = request.what;
  const Mapping mapping = what.x.empty() ? Mapping() : parse_mapping(what.x, "--x");
  const auto use = [&](const Expression& expression) {
    for (std::string& name : names_in(expression)) used.push_back(std::move(name));
  };
  for (const auto& [name, expression] : mapping) {
    for (std::string& other : names_in(expression)) {
      if (other != name) used.push_back(std::move(other));
    }
  }
  for (const std::string* text : {&what.y, &what.weights, &what.questions, &what.bytes_per_token,
                                  &what.embedding, &what.inactive}) {
    if (!text->empty()) use(parse_expression(*text));
  }
  if (contains(used, std::string("C"))) used.insert(used.end(), {"N", "D"});
  std::vector<std::string> unused;
  for (const auto& [name, expression] : mapping) {
    if (!contains(used, name)) unused.push_back(name);
  }
  return unused;
}

}  // namespace

std::vector<Request> BacktestRequest::requests() const {
  std::vector<Request> all;
  for (const std::string& law : laws) {
    all.push_back(what);
    all.back().law = law;
  }
  for (const std::string& formula : formulas) {
    all.push_back(what);
    all.back().formula = formula;
    all.back().takes_named_inputs = true;
  }
  return all;
}

std::vector<std::string> BacktestRequest::names() const {
  std::vector<std::string> all = laws;
  for (std::size_t i = 0; i < formulas.size(); ++i)
    all.push_back(kFormulaName + (formulas.size() > 1 ? " " + std::to_string(i + 1) : ""));
  return all;
}

std::vector<std::pair<std::string, std::string>> BacktestRequest::named_formulas() const {
  const std::vector<std::string> all = names();
  std::vector<std::pair<std::string, std::string>> named;
  for (std::size_t i = 0; i < formulas.size(); ++i)
    named.emplace_back(all[laws.size() + i], formulas[i]);
  return named;
}

void BacktestRequest::validate() const {
  const std::vector<Request> all = requests();
  if (all.empty()) throw InputError("which laws?", "give --law NAME,NAME or --formula TEXT");
  std::set<std::string> seen;
  for (const Request& one : all) {
    law_of(one);
    if (!seen.insert(one.law + one.formula).second)
      throw InputError(one.law.empty() ? "--formula '" + one.formula + "' is given twice"
                                       : "--law names '" + one.law + "' twice");
  }
}

BacktestResult run(const BacktestRequest& asked, const Table& runs) {
  BacktestRequest request = asked;
  request.options.own_compute = maps_compute(request.what);
  const std::vector<Request> requests = request.requests();
  const std::vector<std::string> names = request.names();
  std::vector<Prepared> prepared;
  for (const Request& one : requests) {
    prepared.push_back(prepare(runs, one));
    check_determined(prepared.back());
  }
  BacktestResult result;
  result.y = request.what.y;
  result.warnings = warnings_of(prepared, names);
  for (const std::string& input : unused_inputs(request, prepared))
    result.warnings.push_back("--x names " + input + ", which no law takes");
  if (std::string warning = wrong_way(*prepared.front().law, request.options.over);
      !warning.empty())
    result.warnings.push_back(std::move(warning));
  for (const std::string& label : group_labels(prepared)) {
    const LawsOnGroup laws = laws_on(label, prepared, requests, names);
    result.groups.push_back(run_group(request, laws, label));
    for (std::string& warning : warnings_of(result.groups.back(), laws, request))
      result.warnings.push_back(std::move(warning));
  }
  return result;
}

}  // namespace rung::table

#include "rung/study/ladder/targets.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/study/ladder/flops.hpp"

namespace rung::ladder {

std::vector<std::string> eval_models(const Ladder& ladder) {
  std::vector<std::string> models;
  for (const LadderRun& run : ladder.runs) {
    if (run.mode == Mode::eval && !contains(models, run.model)) models.push_back(run.model);
  }
  if (models.empty())
    throw InputError("no run is there to be predicted and compared",
                     "a configuration names one by \"mode\": \"eval\", and of RUNS --targets does");
  return models;
}

namespace {

/// What the runs have of sizes or of lengths.
struct Range {
  double least = kInfinity, most = -kInfinity;

  void add(double value) { least = std::min(least, value), most = std::max(most, value); }
};

/// A size or a length a thousand times below every run's has lost its unit; one that is a million
/// times above has two.
void check_unit(const char* option, double value, const Range& runs, const char* unit) {
  constexpr double kFarBelow = 1e-3, kFarAbove = 1e6;
  if (value < kFarBelow * runs.least)
    throw InputError(std::string(option) + " " + shortest(value) +
                         " is far below every run, whose least is " + short_count(runs.least),
                     "with its unit: " + shortest(value) + unit);
  if (value > kFarAbove * runs.most)
    throw InputError(std::string(option) + " " + significant(value) +
                         " is far above every run, whose most is " + short_count(runs.most),
                     "7e9 and 7B are seven billion, 7e9B is not");
}

void check_units(const TargetRequest& request, const Ladder& ladder) {
  Range n, d;
  for (const LadderRun& run : ladder.runs) {
    n.add(n_params(run));
    if (!run.n_tokens.empty()) d.add(run.n_tokens.back());
  }
  if (n.most > 0) check_unit("-n", *request.n_params, n, "B");
  if (d.most > 0) check_unit("-d", *request.n_tokens, d, "T");
  constexpr double kFewestTokens = 0.01;  // a parameter
  if (*request.n_tokens < kFewestTokens * *request.n_params)
    throw InputError(short_count(*request.n_tokens) + " tokens are too few for " +
                         short_count(*request.n_params) + " parameters",
                     "-n takes parameters and -d tokens: are they swapped?");
}

/// Whether it is a model of the runs, under its name and to rounding. InputError for its name
/// beside another size or length.
bool is_of_runs(const Target& target, const Ladder& ladder) {
  constexpr double kRounded = 0.1;
  const auto differs = [](double said, double own) {
    return std::abs(said - own) > kRounded * own;
  };
  for (const LadderRun& run : ladder.runs) {
    if (run.mode != Mode::eval || run.model != target.name || run.n_tokens.empty()) continue;
    if (differs(target.n_params, n_params(run)) || differs(target.n_tokens, run.n_tokens.back()))
      throw InputError("'" + run.model + "' is a model of the runs, of " +
                           short_count(n_params(run)) + " parameters and " +
                           short_count(run.n_tokens.back()) + " tokens",
                       "name yours otherwise (-t), or leave -n and -d out");
    return true;
  }
  return false;
}

}  // namespace

std::vector<Target> extra_targets(const TargetRequest& request, const Catalogue& catalogue,
                                  const Ladder& ladder) {
  if (request.n_params) {
    check_units(request, ladder);
    const double n = *request.n_params, d = *request.n_tokens;
    Target target{request.name, n, d, {}};
    if (target.name.empty()) target.name = short_count(n) + "-" + short_count(d);
    if (is_of_runs(target, ladder)) return {};
    if (const auto flops = flops_like_runs(ladder, catalogue, target.name, n))
      target.compute_flops = *flops * d;
    return {target};
  }
  if (request.name.empty()) return {};
  std::vector<std::string> known;
  for (const LadderRun& run : ladder.runs) {
    if (run.mode != Mode::eval) continue;
    if (run.model == request.name) return {};
    known.push_back(run.model);
  }
  const std::string near = did_you_mean(request.name, known);
  throw InputError("'" + request.name + "' is no eval model of the configuration",
                   near.empty() ? "say with -n and -d what it is" : near);
}

}  // namespace rung::ladder

#include "rung/study/ladder/targets.hpp"

#include <algorithm>

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

/// A size or a length a thousand times below every run's has lost its unit.
void check_unit(const char* option, double value, double least, const char* unit) {
  constexpr double kFarBelow = 1e-3;
  if (value >= kFarBelow * least) return;
  throw InputError(std::string(option) + " " + shortest(value) +
                       " is far below every run, whose least is " + short_count(least),
                   "with its unit: " + shortest(value) + unit);
}

void check_units(const TargetRequest& request, const Ladder& ladder) {
  double least_n = kInfinity, least_d = kInfinity;
  for (const LadderRun& run : ladder.runs) {
    least_n = std::min(least_n, n_params(run));
    if (!run.n_tokens.empty()) least_d = std::min(least_d, run.n_tokens.back());
  }
  if (least_n < kInfinity) check_unit("-n", *request.n_params, least_n, "B");
  if (least_d < kInfinity) check_unit("-d", *request.n_tokens, least_d, "T");
}

/// -t may name an eval model, as the published commands do, whose size and tokens are its own.
void check_name(const TargetRequest& request, const Ladder& ladder) {
  constexpr double kSame = 1.1;
  const auto differ = [](double a, double b) { return std::max(a, b) > kSame * std::min(a, b); };
  for (const LadderRun& run : ladder.runs) {
    if (run.mode != Mode::eval || run.model != request.name || run.n_tokens.empty()) continue;
    const double n = n_params(run), d = run.n_tokens.back();
    if (!differ(n, *request.n_params) && !differ(d, *request.n_tokens)) continue;
    throw InputError("-t '" + request.name + "' is an eval model of " + short_count(n) +
                         " parameters and " + short_count(d) + " tokens, and -n and -d say others",
                     "leave -n and -d out, or give the other model another name");
  }
}

}  // namespace

std::vector<Target> extra_targets(const TargetRequest& request, const Catalogue& catalogue,
                                  const Ladder& ladder) {
  if (request.n_params) {
    check_units(request, ladder);
    const double n = *request.n_params, d = *request.n_tokens;
    check_name(request, ladder);
    Target target{request.name, n, d, {}};
    if (target.name.empty()) target.name = short_count(n) + "-" + short_count(d);
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

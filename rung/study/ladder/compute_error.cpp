#include "rung/study/ladder/compute_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/study/ladder/doubts.hpp"
#include "rung/study/ladder/targets.hpp"

namespace rung::ladder {
namespace {

__extension__ using Whole = unsigned __int128;  // products of counts pass 2^64

constexpr double kChinchillaTokensPerParameter = 20;

/// In Chinchilla's lengths: as the run's name says, else by its tokens.
double length_of(const Run& run) {
  const auto times = parse_double(std::string_view(run.length).substr(0, run.length.find("xC")));
  if (times && *times > 0) return *times;
  const double tokens = run.n_tokens.empty() ? kNaN : run.n_tokens.back();
  if (!(tokens > 0))
    throw InputError(
        run.file + ", run '" + run.model + "': neither its name nor its tokens say how long it is",
        "name it like 190M-2xC, or --vary N");
  const double length = tokens / (kChinchillaTokensPerParameter * n_params(run));
  return parse_double(significant(length, 2)).value_or(length);
}

double flops_per_token_of(const Run& run) {
  if (run.flops_per_token) return *run.flops_per_token;
  throw InputError("the FLOPs per token of '" + run.model + "' are not known",
                   "add \"flops\" to its entry in the configuration, or --vary N or xC");
}

bool is_whole(double value) { return value >= 0 && value < 0x1p63 && value == std::trunc(value); }

/// F x 20 N x xC, exact where all are whole numbers, as the published keys are.
std::string flops_key(const Run& run) {
  const double factors[] = {flops_per_token_of(run), n_params(run), kChinchillaTokensPerParameter,
                            length_of(run)};
  Whole product = 1;
  for (const double factor : factors) {
    if (!is_whole(factor)) {
      return fmt::format("{:.0f}", factors[0] * factors[1] * factors[2] * factors[3]);
    }
    product *= static_cast<Whole>(factor);
  }
  std::string digits;
  for (; product > 0; product /= 10)
    digits += static_cast<char>('0' + static_cast<int>(product % 10));
  std::reverse(digits.begin(), digits.end());
  return digits;
}

/// Where a run comes in.
struct Entry {
  double x;
  std::string key;
};

Entry entry_of(const Run& run, Vary vary) {
  if (vary == Vary::model_size) return {n_params(run), run.label};
  if (vary == Vary::run_length) return {length_of(run), shortest(length_of(run))};
  return {flops_per_token_of(run) * kChinchillaTokensPerParameter * n_params(run) * length_of(run),
          flops_key(run)};
}

std::optional<double> error_at(const std::vector<TargetPrediction>& targets) {
  const auto error = targets.front().relative_error();
  return error ? std::optional(std::abs(*error)) : std::nullopt;
}

std::vector<std::string> of_step(const char* step, std::vector<std::string> reasons) {
  for (std::string& reason : reasons) reason.insert(0, step);
  return reasons;
}

TaskError task_error_of(const ChainResult& chain) {
  const bool converged = chain.step1.fitted.fit.status != Status::failed &&
                         chain.step2.fitted.fit.status != Status::failed &&
                         chain.step1.fitted.fit.status != Status::unbounded;
  return {.task = chain.task,
          .step1 = error_at(chain.step1.targets),
          .step2 = error_at(chain.step2.targets),
          .chained = error_at(chain.targets),
          .identified = converged && chain.step1.fitted.fit.identified,
          .step1_doubts = of_step("step 1: ", doubts_of(chain.step1).reasons),
          .step2_doubts = of_step("step 2: ", doubts_of(chain.step2).reasons),
          .chained_doubts = doubts_of(chain).reasons};
}

TaskError mean_of(const std::vector<TaskError>& tasks) {
  TaskError mean;
  for (const ErrorOfStep& step : {kErrorOfStep1, kErrorOfStep2, kErrorOfChain}) {
    RunningMean error;
    for (const TaskError& task : tasks) {
      error.add(task.*step.error);
      if (!(task.*step.error)) continue;
      for (const std::string& doubt : task.*step.doubts)
        (mean.*step.doubts).push_back(task.task.name + ": " + doubt);
    }
    mean.*step.error = error.value();
  }
  mean.identified = std::all_of(tasks.begin(), tasks.end(),
                                [](const TaskError& task) { return task.identified; });
  return mean;
}

const LadderRun& target_run(const Ladder& ladder, const std::string& target) {
  for (const LadderRun& run : ladder.runs) {
    if (run.mode == Mode::eval && run.model == target) return run;
  }
  const std::vector<std::string> known = eval_models(ladder);
  const std::string near = did_you_mean(target, known);
  throw InputError("'" + target + "' is no run to be predicted",
                   near.empty() ? "there are: " + join(known, ", ") : near);
}

}  // namespace

Vary parse_vary(const std::string& text) {
  for (const Vary vary : {Vary::model_size, Vary::run_length, Vary::compute}) {
    if (vary_name(vary) == text) return vary;
  }
  throw InputError("--vary is '" + text + "'", "it is N, xC or flops");
}

std::string shown_key(const ComputeError& entry, Vary vary) {
  if (vary == Vary::compute) return significant(entry.x, 3) + " FLOPs";
  return vary == Vary::run_length ? entry.key + "xC" : entry.key;
}

std::string_view vary_name(Vary vary) {
  if (vary == Vary::model_size) return "N";
  return vary == Vary::run_length ? "xC" : "flops";
}

std::vector<LadderPart> growing_parts(const Ladder& ladder, Vary vary, const std::string& target) {
  struct Arrival {
    Entry entry;
    const LadderRun* run;
  };
  std::vector<Arrival> arrivals;
  for (const LadderRun& run : ladder.runs) {
    if (run.mode == Mode::train) arrivals.push_back({entry_of(run, vary), &run});
  }
  std::stable_sort(arrivals.begin(), arrivals.end(),
                   [](const Arrival& a, const Arrival& b) { return a.entry.x < b.entry.x; });
  LadderPart next;
  next.ladder.runs.push_back(target_run(ladder, target));
  std::vector<LadderPart> parts;
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const LadderRun& run = *arrivals[i].run;
    next.ladder.runs.push_back(run);
    next.cumulative_flops += run.flops_per_token.value_or(0) * run.n_tokens.back();
    if (i + 1 < arrivals.size() && arrivals[i + 1].entry.x == arrivals[i].entry.x) continue;
    next.key = arrivals[i].entry.key;
    next.x = arrivals[i].entry.x;
    parts.push_back(next);
  }
  if (parts.empty()) throw InputError("no run is there to be fitted");
  return parts;
}

ComputeErrors run_compute_error(const ComputeErrorRequest& request, const Ladder& ladder,
                                const std::vector<Task>& tasks) {
  ComputeErrors found{request.vary, request.target, {}};
  if (found.target.empty()) found.target = eval_models(ladder).front();
  ChainSettings reduced = request.chain;
  reduced.step2.intervals = false;
  reduced.step1.allow_underdetermined = true;
  reduced.step1.test_runs = reduced.step2.test_runs = true;
  reduced.n_bootstrap = 0;
  const std::vector<LadderPart> parts = growing_parts(ladder, found.vary, found.target);
  found.errors.resize(parts.size());
  parallel_for(parts.size(), request.chain.n_threads, [&](std::size_t i) {
    const LadderPart& part = parts[i];
    ComputeError& error = found.errors[i];
    error = {part.key, part.x, part.cumulative_flops, part.ladder.runs.size() - 1, {}, {}};
    try {
      for (const ChainResult& chain : run_chain(part.ladder, part.ladder, tasks, reduced))
        error.tasks.push_back(task_error_of(chain));
    } catch (const InputError&) {
      // Runs of few checkpoints: a ladder's first part is too small for a curve.
      if (i + 1 == parts.size()) throw;
      for (const Task& task : tasks) error.tasks.push_back({.task = task});
    }
    error.mean = mean_of(error.tasks);
  });
  return found;
}

}  // namespace rung::ladder

#include "rung/study/ladder/example.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"
#include "rung/core/text.hpp"

namespace rung::ladder {
namespace {

constexpr int kCheckpoints = 100;
constexpr double kTokensPerParameter = 20;
constexpr std::array kMultiples = {1.0, 2.0, 5.0, 10.0};

constexpr ExampleTruth kTruths[] = {
    {"mmlu_avg_test_5shot", 40, 0.23, 100, 0.24, 0.45, -0.74, 0.62, 4.8, 1},
    {"hellaswag_val_5shot", 11, 0.2, 60, 0.26, 0.5, -0.73, 0.77, 12, 0.99},
    {"arc_challenge_test_5shot", 7000, 0.55, 40, 0.2, 0.65, -0.77, 0.71, 5.9, 1},
    {"arc_easy_test_5shot", 7000, 0.55, 1000, 0.36, 0.5, -0.65, 0.74, 4.1, 1},
    {"piqa_val_5shot", 400, 0.4, 10, 0.15, 0.72, -0.46, 0.96, 5, 1},
    {"csqa_val_5shot", 60, 0.24, 11, 0.12, 0.1, -0.85, 1.13, 2.2, 1},
    {"socialiqa_val_5shot", 1200, 0.45, 8000, 0.48, 0.95, -0.6, 0.89, 7.2, 1},
    {"openbookqa_test_5shot", 9000, 0.58, 140, 0.26, 1.2, -0.79, 1.08, 4.3, 1},
};

const ExampleTruth& truth_of(const Task& task) {
  const auto found = std::find_if(std::begin(kTruths), std::end(kTruths),
                                  [&](const ExampleTruth& t) { return task.key == t.task; });
  if (found == std::end(kTruths))
    throw InputError("the simulated ladder has no task '" + task.key + "'");
  return *found;
}

double loss_at(const ExampleTruth& t, double n_params, double n_tokens) {
  return t.E + t.A * std::pow(n_params, -t.alpha) + t.B * std::pow(n_tokens, -t.beta);
}

double accuracy_at(const ExampleTruth& t, double loss) {
  return t.a / (1 + std::exp(-t.k * (loss - t.x0))) + t.b;
}

/// Fills a task's columns along the run.
void simulate(const Task& task, Rng& rng, Run& run) {
  const ExampleTruth& truth = truth_of(task);
  const auto& losses = task.columns(Metric::rc_bpb);
  const auto& accuracies = task.columns(Metric::rc_acc);
  const double n_examples = task.n_examples.value_or(1000) / static_cast<double>(accuracies.size());
  const double run_noise = kExampleRunNoise * rng.normal();
  for (const double n_tokens : run.n_tokens) {
    const double loss = loss_at(truth, n_params(run), n_tokens) *
                        std::exp(run_noise + kExampleCheckpointNoise * rng.normal());
    const double p = accuracy_at(truth, loss);
    for (const WeightedColumn& column : losses) run.metrics[column.name].push_back(loss);
    for (const WeightedColumn& column : accuracies) {
      const double noisy = p + std::sqrt(p * (1 - p) / n_examples) * rng.normal();
      run.metrics[column.name].push_back(std::clamp(noisy, 0.0, 1.0));
    }
  }
}

struct Plan {
  std::string model, length;
  Mode mode;
  double n_params, flops_per_token, n_tokens;
};

std::vector<Plan> plans(const Catalogue& catalogue) {
  std::vector<Plan> plans;
  for (const char* name : {"190M", "370M", "760M", "1.3B"}) {
    const ModelSize& size = *catalogue.model(name);
    for (const double multiple : kMultiples) {
      plans.push_back({name, shortest(multiple) + "xC", Mode::train, size.n_params,
                       size.flops_per_token, kTokensPerParameter * multiple * size.n_params});
    }
  }
  for (const auto& [name, n_tokens] : {std::pair("7B-4T", 4e12), std::pair("13B-5T", 5e12)}) {
    const ModelSize& size = *catalogue.model(name);
    plans.push_back({name, "", Mode::eval, size.n_params, size.flops_per_token, n_tokens});
  }
  return plans;
}

}  // namespace

std::span<const ExampleTruth> example_truths() { return kTruths; }

Ladder simulated_ladder(const Catalogue& catalogue, std::span<const Task> tasks,
                        std::uint64_t seed) {
  Ladder ladder;
  for (const Plan& plan : plans(catalogue)) {
    LadderRun& run = ladder.runs.emplace_back();
    run.model = run.label = plan.model;
    run.length = plan.length;
    run.mode = plan.mode;
    run.file = "simulated " + plan.model + (plan.length.empty() ? "" : "-" + plan.length);
    run.n_params.non_embedding = plan.n_params;
    run.flops_per_token = plan.flops_per_token;
    for (int i = 1; i <= kCheckpoints; ++i)
      run.n_tokens.push_back(std::trunc(plan.n_tokens * i / kCheckpoints));
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      Rng rng(seed, 1000 * ladder.runs.size() + t);
      simulate(tasks[t], rng, run);
    }
  }
  return ladder;
}

}  // namespace rung::ladder

#pragma once
/// Ladders to try predictors on: real ones whose larger or longer runs are held out, and made-up
/// ones. Each case is a ladder whose eval runs stand for what is to be predicted.

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "rung/core/text.hpp"
#include "rung/data/reader/ladder_config.hpp"
#include "rung/data/reader/ladder_runs.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/data/reader/testbed_folder.hpp"
#include "rung/data/testbed_runs.hpp"
#include "rung/study/ladder/clusters.hpp"
#include "rung/study/ladder/flops.hpp"
#include "rung/study/ladder/simulate.hpp"
#include "rung/study/ladder/task_data.hpp"
#include "tests/support/column_texts.hpp"

namespace rung::ladder {

/// Rules of combination are chosen on one half of the tasks, families and seeds; the other is
/// predicted with the rule that was chosen.
enum class Half { choice, held_out };

/// In alphabetical order every second is held out.
constexpr Half half_of(std::size_t index) { return index % 2 == 0 ? Half::choice : Half::held_out; }

struct LadderCase {
  std::string family, split;
  Ladder ladder;
  std::vector<Task> tasks;
  Half half = Half::choice;
  std::string unit = "";  // which cases err together; "": cases of the same task do
};

inline Scale end_of(const LadderRun& run) {
  return {n_params(run), run.n_tokens.back(), run.compute_flops()};
}

/// Names a run apart from all others: its targets are told by their names.
inline std::string own_name(const LadderRun& run) {
  return run.model + (run.length.empty() ? "" : "-" + run.length);
}

/// Fits the runs that `train` picks (by index), predicts those that `test` picks, leaves out the
/// rest.
inline Ladder held_out(const Ladder& ladder, const std::function<bool(std::size_t)>& train,
                       const std::function<bool(std::size_t)>& test) {
  Ladder held;
  for (std::size_t i = 0; i < ladder.runs.size(); ++i) {
    if (!train(i) && !test(i)) continue;
    LadderRun& run = held.runs.emplace_back(ladder.runs[i]);
    run.mode = train(i) ? Mode::train : Mode::eval;
    if (run.mode == Mode::eval) run.model = own_name(run);
  }
  return held;
}

/// The OLMo ladder's own folds, then its two big models.
inline std::vector<LadderCase> olmo_cases() {
  constexpr Metric kWanted[] = {Metric::rc_bpb, Metric::rc_acc, Metric::c4, Metric::rc_soft_log};
  const std::vector<std::string> set = {"v2_main"};
  const Catalogue catalogue = Catalogue::embedded();
  const std::vector<Task> tasks = catalogue.select(set);
  Ladder ladder = read_ladder(read_config("published:olmo-ladder/configs/final.json"),
                              columns_of(tasks, kWanted));
  complete_flops(ladder, catalogue);
  std::vector<Scale> scales;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < ladder.runs.size(); ++i) {
    if (ladder.runs[i].mode != Mode::train) continue;
    scales.push_back(end_of(ladder.runs[i]));
    places.push_back(i);
  }
  std::vector<LadderCase> cases;
  for (const Fold& fold : rolling_folds(scales)) {
    const auto among = [&](const std::vector<std::size_t>& picked) {
      return [&](std::size_t i) {
        return std::any_of(picked.begin(), picked.end(),
                           [&](std::size_t run) { return places[run] == i; });
      };
    };
    cases.push_back(
        {"OLMo folds", fold.name, held_out(ladder, among(fold.train), among(fold.test)), tasks});
  }
  cases.push_back({"OLMo 7B, 13B", "all runs", ladder, tasks});
  return cases;
}

inline Task column_task(const std::string& key, const std::string& accuracy, double chance,
                        std::optional<double> n_examples, const std::string& loss = "") {
  Task task{.key = key, .name = key, .n_examples = n_examples, .chance = chance};
  task.columns_by_metric[static_cast<std::size_t>(Metric::rc_acc)] = {{accuracy}};
  if (!loss.empty()) task.columns_by_metric[static_cast<std::size_t>(Metric::c4)] = {{loss}};
  return task;
}

/// The 104-model testbed, a ladder for each training set: runs below a size or below a share of
/// the most compute, all others held out, up to the 1.4B and 6.9B runs. Half of the tasks, or every
/// nth of that half.
inline std::vector<LadderCase> testbed_cases(Half half, std::size_t every_nth_task = 1) {
  const Testbed testbed = read_testbed("published:over-training");
  std::vector<Task> tasks;
  for (std::size_t t = half == Half::choice ? 0 : 1; t < testbed.tasks.size();
       t += 2 * every_nth_task) {
    const TaskInfo& info = testbed.task_info(testbed.tasks[t]);
    tasks.push_back(column_task(info.name, "accuracy/" + info.name, info.chance_accuracy,
                                info.n_examples, "loss/c4_val"));
  }
  std::vector<LadderCase> cases;
  for (const std::string& set : testbed.train_sets()) {
    Ladder ladder;
    for (const Run& run : runs_of(testbed)) {
      if (run.family != set) continue;
      LadderRun& added = ladder.runs.emplace_back();
      static_cast<Run&>(added) = run;
      added.length = "";
      added.file = run.model;
      added.flops_per_token = 6 * run.params(ParameterCount::total);
    }
    const auto size = [&](std::size_t i) { return n_params(ladder.runs[i]); };
    const auto compute = [&](std::size_t i) { return end_of(ladder.runs[i]).compute_or_rule(); };
    const auto add = [&](const std::string& split, const std::function<bool(std::size_t)>& train) {
      cases.push_back({"testbed " + set, split,
                       held_out(ladder, train, [&](std::size_t i) { return !train(i); }), tasks,
                       half});
    };
    for (const double most : {1e8, 2e8, 5e8})
      add("sizes to " + shortest(most), [&, most](std::size_t i) { return size(i) < most; });
    for (const double most : {3e18, 2e19, 1e20})
      add("FLOPs to " + shortest(most), [&, most](std::size_t i) { return compute(i) < most; });
  }
  return cases;
}

/// Public families with at least four sizes, one run each, compute only: the smallest k predict the
/// others.
inline std::vector<LadderCase> public_cases(Half half) {
  const Table base = read_table("published:obs-scaling/base_llm_benchmark_eval.csv");
  struct Benchmark {
    const char* name;
    double chance, n_examples;
  };
  constexpr Benchmark kBenchmarks[] = {{"MMLU", 0.25, 14042},      {"ARC-C", 0.25, 1172},
                                       {"HellaSwag", 0.25, 10042}, {"Winograd", 0.5, 1267},
                                       {"GSM8K", 0, 1319},         {"XWinograd", 0.5, 2325},
                                       {"HumanEval", 0, 164}};
  const std::vector<std::string> models = texts(base, "Model"),
                                 families = texts(base, "Model Family");
  const auto& size = base.numbers("Model Size (B)");
  const auto& tokens = base.numbers("Pretraining Data Size (T)");
  const auto& flops = base.numbers("FLOPs (1E21)");
  std::map<std::string, std::vector<std::size_t>> rows;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (std::isfinite(flops[i]) && std::isfinite(tokens[i])) rows[families[i]].push_back(i);
  }
  std::vector<LadderCase> cases;
  std::size_t n_families = 0;
  for (auto& [family, of] : rows) {
    std::sort(of.begin(), of.end(),
              [&](std::size_t a, std::size_t b) { return flops[a] < flops[b]; });
    if (of.size() < 4 || half_of(n_families++) != half) continue;
    std::vector<Task> tasks;
    for (const Benchmark& benchmark : kBenchmarks) {
      const auto& scores = base.numbers(benchmark.name);
      if (std::all_of(of.begin(), of.end(),
                      [&](std::size_t i) { return std::isfinite(scores[i]); }))
        tasks.push_back(
            column_task(benchmark.name, benchmark.name, benchmark.chance, benchmark.n_examples));
    }
    Ladder ladder;
    for (const std::size_t i : of) {
      LadderRun& run = ladder.runs.emplace_back();
      run.model = run.label = run.file = models[i];
      run.n_params.non_embedding = 1e9 * size[i];
      run.n_tokens = {1e12 * tokens[i]};
      run.flops_per_token = flops[i] * 1e9 / tokens[i];
      for (const Task& task : tasks) run.metrics[task.key] = {base.numbers(task.key)[i]};
    }
    for (std::size_t k = 3; k < of.size(); ++k) {
      cases.push_back(
          {"public", family + ", " + std::to_string(k) + " of " + std::to_string(of.size()),
           held_out(
               ladder, [k](std::size_t i) { return i < k; }, [k](std::size_t i) { return i >= k; }),
           tasks, half, family});
    }
  }
  return cases;
}

/// Made-up ladders of every kind of task: with all losses, with validation loss only, and with
/// trajectories that are cut at several lengths.
inline std::vector<LadderCase> simulated_cases(Half half, std::size_t n_ladders) {
  const std::uint64_t first_seed = half == Half::choice ? 9000 : 19000;
  SimulationSettings all;
  all.kinds = {TaskKind::ordinary, TaskKind::flat, TaskKind::emerging, TaskKind::saturating,
               TaskKind::noisy};
  all.n_tasks = all.kinds.size();
  all.targets = {{"3B", 3e9, 100}, {"7B-4T", 6.9e9, 573}};
  SimulationSettings plain = all;
  plain.validation_loss_only = true;
  SimulationSettings shared = plain;
  shared.shared_trajectories = true;
  shared.run_sd = 0.006;
  shared.run_logit_sd = 0.04;
  SimulationSettings off = plain;
  off.law_departure = 0.03;
  off.sigmoid_departure = 0.3;
  const std::pair<const char*, const SimulationSettings*> kinds[] = {
      {"simulated, all losses", &all},
      {"simulated, validation loss", &plain},
      {"simulated, trajectories, clustered", &shared},
      {"simulated, laws off", &off}};
  std::vector<LadderCase> cases;
  for (const auto& [name, settings] : kinds) {
    for (std::size_t i = 0; i < n_ladders; ++i) {
      SimulatedLadder made = simulate_ladder(*settings, first_seed + i);
      if (settings->shared_trajectories) cluster_runs(made.ladder, ClusterBy::model);
      cases.push_back({name, "ladder " + std::to_string(i), std::move(made.ladder), made.tasks,
                       half, "ladder " + std::to_string(i)});
    }
  }
  return cases;
}

}  // namespace rung::ladder

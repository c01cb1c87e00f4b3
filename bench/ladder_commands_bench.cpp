#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "rung/cli/terminal.hpp"
#include "rung/core/text.hpp"
#include "tests/support/shared_data.hpp"

namespace {

using Words = std::vector<std::string>;

/// "ladder NAME" and the parts one after another, on two threads and without bootstrap intervals.
Words command(const std::string& name, const std::vector<Words>& parts) {
  Words words = {"ladder", name};
  for (const Words& part : parts) words.insert(words.end(), part.begin(), part.end());
  if (name.rfind("predict", 0) == 0) words.insert(words.end(), {"--bootstrap", "0"});
  words.insert(words.end(), {"--threads", "2"});
  return words;
}

struct Published {
  std::string configs;
  std::string final = configs + "/final.json";
  Words main = {"-k", "v2_main", "-c", final};
  Words average = {"--moving_avg", "5"}, skip = {"--skip_perc", "0.1"};
  Words task_ce = {"--skip_perc", "0.5", "--use_log_sigmoid"};
  Words small = {"-n", "6887575552", "-d", "3945065873408", "-t", "7B-4T"};
  Words large = {"-n", "13202396160", "-d", "5000088518656", "-t", "13B-5T"};
  Words step2_config = {"--step2-config-path", final};
};

/// Both steps in all variants.
std::vector<Words> steps(const Published& p) {
  return {command("step1", {p.main, p.average}),
          command("step1", {p.main, {"-y", "c4"}, p.average}),
          command("step1", {p.main, {"-y", "rc_acc"}, p.average}),
          command("step1", {p.main, {"-y", "rc_soft_log"}}),
          command("step2", {p.main, p.skip, p.average}),
          command("step2", {p.main, {"-x", "c4"}, p.skip, p.average}),
          command("step2", {p.main, {"-x", "rc_soft_log"}, p.task_ce})};
}

/// The steps and, through task loss and C4 loss, their chain.
std::vector<Words> steps_and_chains(const Published& p) {
  std::vector<Words> commands = steps(p);
  commands.push_back(command("predict", {p.main, p.small, p.skip, p.average}));
  commands.push_back(command("predict", {p.main, p.small, p.skip, p.average, {"-x", "c4"}}));
  return commands;
}

/// The commands of the published README, without their figures.
std::vector<Words> readme(const Published& p) {
  const Words variance = {
      "-k", "v2_main_variance", "-c", p.configs + "/final_variance.json", "--last_n_points", "10"};
  const auto predict = [&p](const Words& target, const std::vector<Words>& how) {
    std::vector<Words> parts = {p.main, p.step2_config, target};
    parts.insert(parts.end(), how.begin(), how.end());
    return command("predict", parts);
  };
  const auto error_by = [&p](const std::string& vary) {
    return command("compute-error",
                   {{"-c", p.final}, p.average, p.skip, {"--vary", vary, "--which_step", "all"}});
  };
  std::vector<Words> commands = steps(p);
  for (const Words& target : {p.large, p.small}) {
    commands.push_back(predict(target, {p.skip, p.average}));
    commands.push_back(predict(target, {p.skip, p.average, {"--x_metric", "c4"}}));
    commands.push_back(predict(target, {p.task_ce, {"--x_metric", "rc_soft_log"}}));
  }
  commands.push_back(
      command("variance", {variance, {"--run_prediction", "--print_table_as_latex"}}));
  commands.push_back(command("variance", {variance}));
  for (const char* vary : {"N", "xC", "flops"}) commands.push_back(error_by(vary));
  commands.push_back(
      command("predict-flops", {p.main, p.step2_config, p.small, p.skip, p.average}));
  commands.push_back(command("single-step", {p.main, p.average}));
  commands.push_back(command("step1-flops", {p.main, p.average}));
  commands.push_back(command("compare", {{"-c", p.final}}));
  return commands;
}

double peak_memory_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1e3;
}

/// One after another in one process; each reads its files anew.
void run_all(benchmark::State& state,
             const std::function<std::vector<Words>(const Published&)>& of) {
  const auto configs = rung::shared_path("data/olmo-ladder/configs");
  if (!configs) return state.SkipWithError("needs the shared data");
  const std::vector<Words> commands = of({configs->string()});
  for (auto _ : state) {
    for (const Words& words : commands) {
      std::vector<const char*> argv = {"rung"};
      for (const std::string& word : words) argv.push_back(word.c_str());
      std::ostringstream out, err;
      if (rung::cli::run(static_cast<int>(argv.size()), argv.data(), out, err) != 0)
        return state.SkipWithError((rung::join(words, " ") + ": " + err.str()).c_str());
      benchmark::DoNotOptimize(out.str());
    }
  }
  state.counters["peak_MB"] = peak_memory_mb();
}

/// Aim: at most 500 ms and 100 MB.
void ladder_steps_and_chains(benchmark::State& state) { run_all(state, steps_and_chains); }
BENCHMARK(ladder_steps_and_chains)->UseRealTime()->Unit(benchmark::kMillisecond);

/// Aim: at most 3 s. Eight tasks at both targets, 2,000 replicates.
void ladder_chain_with_intervals(benchmark::State& state) {
  run_all(state, [](const Published& p) {
    Words words = {"ladder", "predict", "--threads", "2", "--bootstrap", "2000"};
    for (const Words& part : {p.main, p.small, p.skip, p.average})
      words.insert(words.end(), part.begin(), part.end());
    return std::vector<Words>{words};
  });
}
BENCHMARK(ladder_chain_with_intervals)->UseRealTime()->Unit(benchmark::kMillisecond);

/// Aim: at most 1 s; the published programs take about 125 s of CPU.
void ladder_published_commands(benchmark::State& state) { run_all(state, readme); }
BENCHMARK(ladder_published_commands)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace

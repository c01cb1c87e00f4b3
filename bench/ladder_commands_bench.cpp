#include <benchmark/benchmark.h>

#include <sstream>
#include <string>
#include <vector>

#include "rung/cli/app.hpp"
#include "rung/core/text.hpp"
#include "tests/support/shared_data.hpp"

namespace {

using Words = std::vector<std::string>;

/// The commands of the published README, without their figures.
std::vector<Words> published_commands(const std::string& configs) {
  const std::string final = configs + "/final.json";
  const Words main = {"-k", "v2_main", "-c", final};
  const Words average = {"--moving_avg", "5"}, skip = {"--skip_perc", "0.1"};
  const Words task_ce = {"--skip_perc", "0.5", "--use_log_sigmoid"};
  const Words small = {"-n", "6887575552", "-d", "3945065873408", "-t", "7B-4T"};
  const Words large = {"-n", "13202396160", "-d", "5000088518656", "-t", "13B-5T"};
  const auto command = [&](const std::string& name, std::vector<Words> parts) {
    Words words = {"ladder", name};
    for (const Words& part : parts) words.insert(words.end(), part.begin(), part.end());
    if (name.rfind("predict", 0) == 0) words.insert(words.end(), {"--bootstrap", "0"});
    words.insert(words.end(), {"--threads", "2"});
    return words;
  };
  const Words variance = {
      "-k", "v2_main_variance", "-c", configs + "/final_variance.json", "--last_n_points", "10"};
  const Words step2_config = {"--step2-config-path", final};
  return {command("step1", {main, average}),
          command("step1", {main, {"-y", "c4"}, average}),
          command("step1", {main, {"-y", "rc_acc"}, average}),
          command("step1", {main, {"-y", "rc_soft_log"}}),
          command("step2", {main, skip, average}),
          command("step2", {main, {"-x", "c4"}, skip, average}),
          command("step2", {main, {"-x", "rc_soft_log"}, task_ce}),
          command("predict", {main, step2_config, large, skip, average}),
          command("predict", {main, step2_config, small, skip, average}),
          command("predict", {main, step2_config, small, skip, average, {"--x_metric", "c4"}}),
          command("predict", {main, step2_config, large, skip, average, {"--x_metric", "c4"}}),
          command("predict", {main, step2_config, small, task_ce, {"--x_metric", "rc_soft_log"}}),
          command("predict", {main, step2_config, large, task_ce, {"--x_metric", "rc_soft_log"}}),
          command("variance", {variance, {"--run_prediction", "--print_table_as_latex"}}),
          command("variance", {variance}),
          command("compute-error",
                  {{"-c", final}, average, skip, {"--vary", "N", "--which_step", "all"}}),
          command("compute-error",
                  {{"-c", final}, average, skip, {"--vary", "xC", "--which_step", "all"}}),
          command("compute-error",
                  {{"-c", final}, average, skip, {"--vary", "flops", "--which_step", "all"}}),
          command("predict-flops", {main, step2_config, small, skip, average}),
          command("single-step", {main, average}),
          command("step1-flops", {main, average}),
          command("compare", {{"-c", final}})};
}

/// All in one process on two threads; the published programs take about 125 s of CPU for them.
void ladder_published_commands(benchmark::State& state) {
  const auto configs = rung::shared_path("data/olmo-ladder/configs");
  if (!configs) return state.SkipWithError("needs the shared data");
  for (auto _ : state) {
    for (const Words& words : published_commands(configs->string())) {
      std::vector<const char*> argv = {"rung"};
      for (const std::string& word : words) argv.push_back(word.c_str());
      std::ostringstream out, err;
      if (rung::cli::run(static_cast<int>(argv.size()), argv.data(), out, err) != 0)
        return state.SkipWithError((rung::join(words, " ") + ": " + err.str()).c_str());
      benchmark::DoNotOptimize(out.str());
    }
  }
}
BENCHMARK(ladder_published_commands)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace

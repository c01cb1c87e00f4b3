#include "rung/report/ladder/demo.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/figure_file.hpp"
#include "rung/app/ladder/combined.hpp"
#include "rung/app/ladder/common.hpp"
#include "rung/core/error.hpp"
#include "rung/data/sources.hpp"
#include "rung/figure/ladder/combined.hpp"
#include "rung/figure/ladder/steps.hpp"
#include "rung/report/ladder/combined.hpp"
#include "rung/study/ladder/example.hpp"

namespace rung::app {
namespace {

namespace fs = std::filesystem;
using ladder::Demo;
using ladder::Ladder;

constexpr const char* kTasks = "v2_main";
constexpr const char* kSingleTask = "mmlu_avg_test_5shot";  // whose three panels are drawn

struct DemoOptions {
  std::string data;
  std::string figures = "figures";
  bool simulated = false;
};

/// The ladder's folder; empty where it is to be simulated.
fs::path ladder_folder(const DemoOptions& options) {
  if (options.simulated) return {};
  const DataSource& source = data_source("olmo-ladder");
  if (options.data.empty())
    return data_folder(source, data_places_of_environment()).lexically_normal();
  if (const auto found = data_within(source, options.data)) return found->lexically_normal();
  throw InputError(
      Location{options.data}, "there is no OLMo ladder here: no " + source.mark,
      "rung data get olmo-ladder --to DIR brings it; without --data rung takes its own");
}

ladder::ChainSettings settings_of(const CommonOptions& common) {
  ladder::ChainSettings settings;
  settings.step1.points.moving_avg = settings.step2.points.moving_avg = 5;
  settings.step2.points.skip_perc = 0.1;
  settings.n_bootstrap = common.n_bootstrap;
  settings.seed = common.seed;
  settings.n_threads = common.n_threads;
  return settings;
}

/// The published runs of `folder`, or the simulated ones.
LadderInputs read_inputs(CommandContext& context, const fs::path& folder) {
  LadderOptions options;
  options.keys = {kTasks};
  if (!folder.empty()) {
    Wanted wanted = combined_wanted((folder / "configs/final.json").string());
    wanted.metrics.push_back(ladder::Metric::rc_bpb);  // which the published two-step needs
    return read_ladder_inputs(context, options, {&wanted, 1});
  }
  LadderInputs inputs{.catalogue = ladder::Catalogue::embedded(), .tasks = {}, .ladders = {}};
  inputs.tasks = inputs.catalogue.select(options.keys);
  inputs.ladders.push_back(simulated_ladder(inputs.catalogue, inputs.tasks, context.common.seed));
  context.warn("simulated data: no real model was measured");
  return inputs;
}

void add_figures(Demo& demo, std::vector<NewFile>& files) {
  std::vector<ladder::Step1Result> step1;
  std::vector<ladder::Step2Result> step2;
  std::vector<std::pair<std::string, Figure>> figures;
  figures.emplace_back("combined.png", ladder::combined_figure(demo.combined));
  for (const ladder::ChainResult& result : demo.results) {
    step1.push_back(result.step1);
    step2.push_back(result.step2);
    if (result.task.key == kSingleTask) figures.emplace_back("mmlu.png", task_figure(result));
  }
  figures.emplace_back("step1.png", ladder::step1_figure(step1));
  figures.emplace_back("step2.png", ladder::step2_figure(step2));
  figures.emplace_back("chained.png", ladder::chain_figure(demo.results));
  for (auto& [name, figure] : figures) {
    if (demo.data.empty()) figure.title += " (simulated data)";
    files.push_back({(demo.folder / name).string(), drawn_figure(figure, ".png")});
    demo.figures.push_back(name);
  }
}

Answer show(CommandContext& context, const DemoOptions& options) {
  Demo demo{.results = {},
            .combined = {},
            .data = ladder_folder(options),
            .place = {},
            .figures = {},
            .folder = options.figures,
            .n_bootstrap = context.common.n_bootstrap,
            .seed = context.common.seed};
  if (!demo.data.empty()) demo.place = place_text(demo.data);
  const LadderInputs inputs = read_inputs(context, demo.data);
  const Ladder& runs = inputs.ladders.front();
  demo.results = run_chain(runs, runs, inputs.tasks, settings_of(context.common));
  demo.combined = run_combined(runs, inputs.tasks, {.n_threads = context.common.n_threads});
  Answer answer;
  add_figures(demo, answer.files);
  answer.files.push_back({(demo.folder / ladder::kDemoReportName).string(), demo_report(demo)});
  answer.document = describe(demo);
  return answer;
}

Action demo(Options& command) {
  const auto options = std::make_shared<DemoOptions>();
  command.add("--data", options->data, "where the OLMo ladder lies (else see help data-folders)")
      .value_name("DIR");
  command.add("--figures", options->figures, "where figures and the report go").value_name("DIR");
  command.add_flag("--simulate,--simulated", options->simulated,
                   "draw a ladder from known laws instead");
  command.footer(
      "Predicts 8 tasks for a 7B and a 13B model from runs of 190M to 1.3B and compares with what\n"
      "they really scored.\n"
      "Results: task, fits {step1, step2}, targets, as in rung ladder predict, and combined.");
  return [options](CommandContext& context) { return show(context, *options); };
}

}  // namespace

std::vector<Command> demo_commands() {
  return {{.name = "demo",
           .summary = "the main job in one go: predictions, figures and a report",
           .example = "rung demo --figures figures",
           .group = "predict",
           .place = 10,
           .declare = demo,
           .has_bootstrap = true}};
}

}  // namespace rung::app

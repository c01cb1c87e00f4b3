#include "rung/report/observe/demo.hpp"

#include <filesystem>
#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/figure_file.hpp"
#include "rung/app/observe/model_inputs.hpp"
#include "rung/data/sources.hpp"
#include "rung/figure/observe/capabilities.hpp"
#include "rung/figure/observe/prediction.hpp"

namespace rung::app {
namespace {

struct DemoCommand {
  std::string data, figures = "figures";
};

std::string place_words(const std::string& data) {
  if (!data.empty()) return data;
  return place_text(data_folder(data_source("obs-scaling"), data_places_of_environment()));
}

/// The three parts side by side.
Figure demo_figure(const observational::Demo& demo) {
  Figure figure{.title = "Small public models predict large ones",
                .subtitle = "Colours and marks in the middle are families"};
  figure.panels = {
      explained_panel(demo.capabilities),
      growth_panel(demo.capabilities, observational::component_name(0), "flops"),
      prediction_panel(demo.from("pc:3"), observational::title_of(demo.predictions.request.titles,
                                                                  observational::kDemoMetric))};
  figure.panels[1].y.label = "PC-1, of 8 benchmarks";
  figure.n_columns = 3;
  figure.legend = {observational::part_legend({demo.from("pc:3")})};
  figure.panel_width_px = 330;
  figure.panel_height_px = 270;
  return figure;
}

Answer demo(CommandContext& context, const DemoCommand& given) {
  ModelInputs inputs;
  inputs.data = given.data;
  const ReadModels read = read_models(inputs, MetricsFor::components, context);
  inputs.set = "base-compute";
  inputs.downstream = {"emergent"};
  const ReadModels fitted = read_models(inputs, MetricsFor::fits, context);
  observational::PredictionRequest request = observational::demo_request();
  request.intervals.refits = {.n = static_cast<std::size_t>(context.common.n_bootstrap),
                              .seed = context.common.seed,
                              .n_threads = context.common.n_threads};
  const auto found =
      std::make_shared<observational::Demo>(run_demo(read.models, fitted.models, request));
  found->data = place_words(given.data);
  found->folder = given.figures;
  const std::pair<const char*, Figure> figures[] = {
      {"observe-components.png", components_figure(found->capabilities)},
      {"observe-growth.png", first_growth_figure(found->capabilities, "flops")},
      {"observe-prediction.png", prediction_figure(found->predictions)}};
  for (const auto& [name, figure] : figures) found->figures.emplace_back(name);
  found->figures.emplace_back("observe-report.md");
  Answer answer(describe(*found));
  const std::filesystem::path folder = given.figures;
  for (const auto& [name, figure] : figures)
    answer.files.push_back({(folder / name).string(), drawn_figure(figure, ".png")});
  answer.files.push_back({(folder / "observe-report.md").string(), markdown_of(answer.document)});
  answer.figure = [found] { return demo_figure(*found); };
  return answer;
}

Action observe_demo(Options& command) {
  const auto given = std::make_shared<DemoCommand>();
  command.add("--data", given->data, "a folder of published tables (else see help data-folders)")
      .value_name("DIR");
  command.add("--figures", given->figures, "where figures and the report go").value_name("DIR");
  command.footer(
      "Principal components of public models' benchmarks, how they grow with compute by family,\n"
      "and one emergent capability of large models predicted from small ones.\n"
      "Result: explained_variance_ratio, pc1_mean_r2, predictions as in rung observe fit.");
  return [given](CommandContext& context) { return demo(context, *given); };
}

}  // namespace

std::vector<Command> observe_demo_commands() {
  return {{.name = "observe demo",
           .summary = "the method in one go: components, growth, a prediction, with figures",
           .example = "rung observe demo --figures figures",
           .group = "observe",
           .place = 10,
           .declare = observe_demo,
           .has_figure = true,
           .has_bootstrap = true}};
}

}  // namespace rung::app

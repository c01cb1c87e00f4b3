#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/observe/model_inputs.hpp"
#include "rung/figure/observe/capabilities.hpp"
#include "rung/report/observe/capabilities.hpp"

namespace rung::app {
namespace {

struct PcaCommand {
  ModelInputs inputs;
  observational::CapabilitiesRequest request;
  std::string picture = "components";
  std::size_t n_components = 0;  // 0: as many as are usual
};

Answer pca(CommandContext& context, const PcaCommand& given) {
  const ReadModels read = read_models(given.inputs, MetricsFor::components, context);
  observational::CapabilitiesRequest request = given.request;
  request.impute.boundary = read.impute.boundary;
  if (given.n_components > 0) request.n_components = given.n_components;
  const auto found =
      std::make_shared<const observational::Capabilities>(run_capabilities(read.models, request));
  Answer answer(describe(*found));
  answer.figure = [found, picture = given.picture] {
    if (picture == "components") return components_figure(*found);
    return growth_figure(*found, picture);
  };
  return answer;
}

Action observe_pca(Options& command) {
  const auto given = std::make_shared<PcaCommand>();
  add_model_inputs(command, given->inputs);
  command
      .add("--components", given->n_components, "how many (default: 5, or as many as there can be)")
      .value_name("N")
      .range(1, 1000);
  add_component_options(command, given->request.impute, given->request.pca);
  command.add("--level", given->request.level, "of the bands about lines").range(0.01, 0.9999);
  command
      .add("--picture", given->picture,
           "components, or every value by family against flops or size")
      .choices({"components", "flops", "size"});
  command.footer(
      "Missing scores are filled in from a low-rank reconstruction until it settles; a "
      "component's\n"
      "sign is that which makes its largest loading positive.\n"
      "Result: explained_variance_ratio, components {PC-1: {benchmark: loading}}, scores {model:\n"
      "{PC-1}}, imputed {model: {benchmark: score}}, lines [{value, scale, mean_r2, pooled,\n"
      "families}]; CSV has a row a model.");
  return [given](CommandContext& context) { return pca(context, *given); };
}

}  // namespace

std::vector<Command> observe_pca_commands() {
  return {{.name = "observe pca",
           .summary = "principal capability measures, and how they grow with compute by family",
           .example = "rung observe pca --models base -o components.svg",
           .group = "observe",
           .place = 20,
           .declare = observe_pca,
           .has_figure = true}};
}

}  // namespace rung::app

#include "rung/report/model/model.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/train/model_options.hpp"

namespace rung::app {
namespace {

struct ModelCommand {
  std::string models_path;
  model::SizeRequest request;
};

std::shared_ptr<ModelCommand> declare_model_command(Options& command, bool names_one) {
  const auto given = std::make_shared<ModelCommand>();
  if (names_one)
    command.add("--model", given->request.model, "a name of rung model list").value_name("NAME");
  add_models_option(command, given->models_path);
  return given;
}

Action model_list(Options& command) {
  const auto given = declare_model_command(command, false);
  command.footer(
      "Results, one a model: model, aliases, family, n_params_total, n_params_non_embedding,\n"
      "flops_per_token and the fields of its configuration.");
  return [given](CommandContext& context) {
    return Answer(model::describe(model_configs(given->models_path, context)));
  };
}

Action model_show(Options& command) {
  const auto given = declare_model_command(command, true);
  return [given](CommandContext& context) {
    const model::Configs configs = model_configs(given->models_path, context);
    const model::Config& config = configs.config(given->request.model);
    return Answer(model::describe(config, configs.family(config.family)));
  };
}

Action model_size(Options& command) {
  const auto given = declare_model_command(command, true);
  command.footer(
      "Prints two lines: all parameters, then those without the embedding.\n"
      "Training takes training_state_bytes (weights, gradients, moments) and, about,\n"
      "bytes_per_sequence for each sequence at once: see --json or --csv.\n"
      "A tiny model's vocabulary is that of its data; counted here is its family's, 1024.\n"
      "rung train --dry-run counts with the data's.\n"
      "Results: model, n_params_total, n_params_non_embedding, flops_per_token,\n"
      "training_state_bytes, bytes_per_sequence.");
  return [given](CommandContext& context) {
    return Answer(model::describe_size(
        model::run(given->request, model_configs(given->models_path, context))));
  };
}

Action model_flops(Options& command) {
  const auto given = declare_model_command(command, true);
  command.add("--length", given->request.length, "of training: also the whole run's FLOPs")
      .value_name("2xC");
  command.footer(
      "Prints FLOPs per token, forward and backward; with --length, then those of the run.\n"
      "A tiny model's vocabulary is that of its data; counted here is its family's, 1024.\n"
      "rung train --dry-run counts with the data's.\n"
      "Results: model, n_params_total, n_params_non_embedding, flops_per_token, n_tokens,\n"
      "total_flops, training_state_bytes, bytes_per_sequence.");
  return [given](CommandContext& context) {
    return Answer(model::describe_flops(
        model::run(given->request, model_configs(given->models_path, context))));
  };
}

struct NodeCountsCommand {
  std::string models_path;
  model::NodeCountsRequest request;
};

Action model_nodecounts(Options& command) {
  const auto given = std::make_shared<NodeCountsCommand>();
  model::NodeCountsRequest& request = given->request;
  command.add("--model", request.model, "a name of rung model list").value_name("NAME");
  add_models_option(command, given->models_path);
  command.add("--gpus-per-node", request.gpus_per_node, "GPUs that a node has").range(1, 1024);
  command.add("--batch_size", request.recipe.batch_sequences, "sequences of a step")
      .value_name("N");
  command
      .add("--batch_size_divisor", request.recipe.batch_size_divisor,
           "a step's sequences are a multiple of it")
      .value_name("N");
  command.add("--device_batch_size", request.device_batch_size, "sequences of a GPU at once")
      .range(1, 1e6);
  command.footer(
      "Prints the numbers of nodes that share a batch evenly.\n"
      "Results: batch_sequences, device_batch_size, gpus_per_node, n_nodes.");
  return [given](CommandContext& context) {
    return Answer(
        model::describe(model::run(given->request, model_configs(given->models_path, context))));
  };
}

}  // namespace

std::vector<Command> model_commands() {
  return {{.name = "model list",
           .summary = "model configurations that there are",
           .example = "rung model list",
           .group = "model",
           .place = 10,
           .declare = model_list},
          {.name = "model show",
           .summary = "one configuration, field by field",
           .example = "rung model show --model 190M",
           .group = "model",
           .place = 20,
           .declare = model_show},
          {.name = "model size",
           .summary = "a model's parameters, with and without the embedding",
           .example = "rung model size --model 190M",
           .group = "model",
           .place = 30,
           .declare = model_size},
          {.name = "model flops",
           .summary = "training FLOPs per token, and of a whole run",
           .example = "rung model flops --model 190M --length 2xC",
           .group = "model",
           .place = 40,
           .declare = model_flops},
          {.name = "model nodecounts",
           .summary = "on how many nodes a batch can be shared evenly",
           .example = "rung model nodecounts --model 1B --gpus-per-node 8",
           .group = "model",
           .place = 50,
           .declare = model_nodecounts}};
}

}  // namespace rung::app

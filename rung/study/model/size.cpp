#include "rung/study/model/size.hpp"

#include "rung/core/require.hpp"

namespace rung::model {

std::optional<double> Size::total_flops() const {
  if (!n_tokens) return std::nullopt;
  return *n_tokens * config.flops_per_token();
}

Size run(const SizeRequest& request, const Configs& configs) {
  Size size{.config = configs.config(request.model)};
  if (!request.length.empty())
    size.n_tokens = length_tokens(request.length, size.config.n_params_non_embedding());
  return size;
}

void NodeCountsRequest::validate() const {
  require_at_least("--device_batch_size", device_batch_size, 1);
  require_at_least("--gpus-per-node", gpus_per_node, 1);
}

NodeCounts run(const NodeCountsRequest& request, const Configs& configs) {
  request.validate();
  NodeCounts counts{.recipe = recipe_for(configs.config(request.model), request.recipe),
                    .device_batch_size = request.device_batch_size,
                    .gpus_per_node = request.gpus_per_node};
  // Sequences that a node takes at once; each of its GPUs may do so several times a step.
  const std::int64_t node_batch = std::int64_t{request.device_batch_size} * request.gpus_per_node;
  for (std::int64_t n = 1; n * node_batch <= counts.recipe.batch_sequences; ++n) {
    if (counts.recipe.batch_sequences % (n * node_batch) == 0)
      counts.n_nodes.push_back(static_cast<int>(n));
  }
  return counts;
}

}  // namespace rung::model

#pragma once
/// What a model counts, and what its training takes.

#include <optional>
#include <string>
#include <vector>

#include "rung/data/model/model.hpp"
#include "rung/data/model/recipe.hpp"

namespace rung::model {

struct SizeRequest {
  std::string model = "190M";
  std::string length;  // "2xC"; "": not asked
};

struct Size {
  Config config;
  std::optional<double> n_tokens;  // of the length that was asked for

  std::optional<double> total_flops() const;
};

/// InputError for an unknown model or length.
Size run(const SizeRequest& request, const Configs& configs);

struct NodeCountsRequest {
  std::string model = "190M";
  RecipeChoice recipe;
  int device_batch_size = 8;  // sequences that a GPU takes at once
  int gpus_per_node = 8;

  void validate() const;
};

struct NodeCounts {
  Recipe recipe;
  int device_batch_size = 0, gpus_per_node = 0;
  /// Numbers of nodes that share a batch evenly, ascending.
  std::vector<int> n_nodes;
};

NodeCounts run(const NodeCountsRequest& request, const Configs& configs);

}  // namespace rung::model

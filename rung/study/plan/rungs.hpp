#pragma once
/// The runs of a design as rungs to train: models that there are, with their lengths.

#include <string>
#include <vector>

#include "rung/data/model/model.hpp"
#include "rung/study/plan/plan.hpp"

namespace rung::plan {

struct Rung {
  std::string model;
  double n_params = 0;          // that the model has
  double n_params_planned = 0;  // that the design asks for
  double n_tokens = 0;
  int n_runs = 1;
};

struct Rungs {
  std::vector<Rung> runs, targets;
  std::vector<std::string> warnings;  // of models that are not as large as planned
};

/// For each run the family's model whose N is nearest. InputError where the law has no inputs N and
/// D, and for a family without models.
Rungs rungs_of(const PlanResult& result, const model::Configs& configs, const std::string& family);

}  // namespace rung::plan

#pragma once
/// Many descents of one problem at once, one in each SIMD lane.

#include <span>

#include "rung/fit/optimum/batch_call.hpp"
#include "rung/fit/problem.hpp"

namespace rung {

struct DescendOptions {
  int max_evaluations = 80;
  /// Converged when a Newton step would lower the objective by less than this share of it.
  double decrement_tolerance = 1e-11;
  double start_damping = 1e-5;
  double huber_delta = 0;  // a wider one than the loss's own
};

/// Descends from every start: the damped Newton of minimize(), with shorter steps where the
/// objective does not fall and longer ones where it falls as if it were linear, every evaluation
/// giving derivatives too. Each result depends on its own descent alone, not on its neighbours, nor
/// on how the descents are dealt out. Problems with fixed or tied parameters or priors,
/// or with many parameters, are descended one after another by minimize().
void descend(const FitProblem& problem, std::span<BatchDescent> descents,
             const DescendOptions& options = {});

}  // namespace rung

#include "rung/fit/optimum/batch.hpp"

#include <algorithm>

#include "rung/fit/optimum/minimize.hpp"

namespace rung {

// cmake/laws.cmake compiles batch_kernel.hpp for each instruction set.
#ifdef RUNG_HAVE_avx512
namespace avx512 {
void descend_in_lanes(const BatchCall& call, BatchDescent* descents, std::size_t n);
}
#endif
#ifdef RUNG_HAVE_avx2
namespace avx2 {
void descend_in_lanes(const BatchCall& call, BatchDescent* descents, std::size_t n);
}
#endif
namespace baseline {
void descend_in_lanes(const BatchCall& call, BatchDescent* descents, std::size_t n);
}

namespace {

using DescendInLanes = void (*)(const BatchCall&, BatchDescent*, std::size_t);

DescendInLanes descend_in_lanes() {
#ifdef RUNG_HAVE_avx512
  if (instruction_set() == "avx512") return avx512::descend_in_lanes;
#endif
#ifdef RUNG_HAVE_avx2
  if (instruction_set() == "avx2") return avx2::descend_in_lanes;
#endif
  return baseline::descend_in_lanes;
}

/// A problem's points laid out for derivatives_apart: each one in all lanes.
class PointsApart {
 public:
  PointsApart(const PointsView& points, std::size_t n_inputs, std::size_t lanes)
      : lanes_(lanes), n_(points.n), target_(spread(points.target)), weight_(n_ * lanes) {
    for (std::size_t k = 0; k < n_inputs; ++k) columns_.push_back(spread(points.inputs[k]));
    for (std::size_t k = 0; k < n_inputs; ++k) columns_.push_back(spread(points.log_inputs[k]));
    for (const AlignedArray& column : columns_) pointers_.push_back(column.data());
  }

  PointsView view() const {
    const double* const* inputs = pointers_.data();
    return {.n = n_ * lanes_,
            .n_padded = n_ * lanes_,
            .inputs = inputs,
            .log_inputs = inputs + columns_.size() / 2,
            .target = target_.data(),
            .weight = weight_.data()};
  }
  double* weights() { return weight_.data(); }

 private:
  AlignedArray spread(const double* column) const {
    AlignedArray out(n_ * lanes_);
    for (std::size_t i = 0; i < n_; ++i) std::fill_n(out.data() + i * lanes_, lanes_, column[i]);
    return out;
  }

  std::size_t lanes_, n_;
  AlignedArray target_, weight_;
  std::vector<AlignedArray> columns_;  // inputs, then their logarithms
  std::vector<const double*> pointers_;
};

void descend_one_by_one(const FitProblem& problem, std::span<BatchDescent> descents,
                        const DescendOptions& options) {
  const auto n = static_cast<std::size_t>(problem.n_free());
  AlignedArray weights(problem.points().n_padded());
  for (BatchDescent& descent : descents) {
    std::copy_n(descent.weights, problem.points().size(), weights.data());
    const Minimum minimum = minimize(problem, {descent.z, descent.z + n},
                                     {.max_iterations = options.max_evaluations,
                                      .decrement_tolerance = options.decrement_tolerance,
                                      .start_damping = options.start_damping,
                                      .weights = weights.data(),
                                      .huber_delta = options.huber_delta});
    std::copy(minimum.z.begin(), minimum.z.end(), descent.z);
    descent.objective = minimum.objective;
    descent.converged = minimum.converged;
  }
}

}  // namespace

void descend(const FitProblem& problem, std::span<BatchDescent> descents,
             const DescendOptions& options) {
  const Kernel& kernel = problem.law().kernel;
  if (!problem.is_plain() || problem.n_free() > BatchCall::kMostCoordinates)
    return descend_one_by_one(problem, descents, options);
  const auto n = static_cast<std::size_t>(problem.n_free());
  std::vector<double> lower(n), upper(n);
  for (std::size_t i = 0; i < n; ++i) {
    lower[i] = problem.lower(static_cast<int>(i));
    upper[i] = problem.upper(static_cast<int>(i));
  }
  BatchCall call{.kernel = &kernel,
                 .law = problem.call_at(nullptr, nullptr, options.huber_delta),
                 .n = problem.n_free(),
                 .n_points = problem.points().size(),
                 .lower = lower.data(),
                 .upper = upper.data(),
                 .max_evaluations = options.max_evaluations,
                 .decrement_tolerance = options.decrement_tolerance,
                 .start_damping = options.start_damping};
  PointsApart points(call.law.points, problem.points().n_inputs(),
                     static_cast<std::size_t>(kernel.lanes));
  call.law.points = points.view();
  call.weights = points.weights();
  if (const PowerLawReparametrization* powers = problem.reparametrization()) {
    call.terms = powers->terms().data();
    call.n_terms = static_cast<int>(powers->terms().size());
    call.floor = powers->floor();
  }
  const FitProblem::RoundingBounds rounding = problem.rounding_bounds(options.huber_delta);
  call.rounding_by_root = rounding.by_root;
  call.rounding_by_slope = rounding.by_slope;
  call.rounding_least = rounding.least;
  descend_in_lanes()(call, descents.data(), descents.size());
}

}  // namespace rung

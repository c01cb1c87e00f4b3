#include "rung/fit/optimum/steps_out_of_numbers.hpp"

#include <optional>

#include "rung/core/index.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/fit/optimum/hops.hpp"
#include "rung/fit/optimum/way_back.hpp"

namespace rung {
namespace {

/// The points but the one where an input is lowest or highest, which a step there fits exactly;
/// absent where several points share that value.
std::optional<Points> without_end(const Points& points, std::size_t input, bool lowest) {
  std::size_t end = 0, n_at_end = 1;
  for (std::size_t i = 1; i < points.size(); ++i) {
    const double x = points.input(input, i), x_end = points.input(input, end);
    if (x == x_end) ++n_at_end;
    if (lowest ? x < x_end : x > x_end) end = i, n_at_end = 1;
  }
  if (n_at_end > 1) return std::nullopt;
  Points rest(points.n_inputs(), points.size() - 1);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i != end) rest.set(i - (i > end ? 1 : 0), points.inputs(i), points.y(i), points.weight(i));
  }
  return rest;
}

/// Whether a parameter's term is too small for any point to show it.
bool is_unseen(const FitProblem& problem, const std::vector<double>& theta, int parameter) {
  std::vector<double> halved = theta;
  halved[at(parameter)] /= 2;
  return have_no_effect(problem, theta, {parameter}) &&
         problem.predict(halved, problem.points()) == problem.predict(theta, problem.points());
}

/// At which end of which input a step fits better than `best`, with a term unseen at all points.
std::string end_with_better_step(const FitProblem& problem, const Minimum& best, int parameter,
                                 const std::vector<double>& theta) {
  const FitProblem without_term = problem.with_fixed(parameter, theta[at(parameter)]);
  for (std::size_t k = 0; k < problem.points().n_inputs(); ++k) {
    for (const bool lowest : {true, false}) {
      const std::optional<Points> rest = without_end(problem.points(), k, lowest);
      if (!rest) continue;
      const FitProblem of_rest = without_term.with_points(*rest);
      const Minimum found = descend_nearby(of_rest, of_rest.coordinates_of(theta));
      if (is_lower(problem, found.objective, best.objective))
        return (lowest ? "lowest " : "highest ") + problem.law().info.inputs[k].name;
    }
  }
  return "";
}

}  // namespace

std::string lower_step_out_of_numbers(const FitProblem& problem, const SearchResult& search) {
  const Minimum& best = search.minima.front();
  for (std::size_t axis = 0; axis < search.structure.nonlinear.size(); ++axis) {
    const SearchSpan& span = search.structure.spans[axis];
    const int p = problem.parameter_of(search.structure.nonlinear[axis]);
    for (const double end : {span.low, span.high}) {
      std::vector<double> theta = problem.theta_at(best.z);
      theta[at(p)] = end;
      if (!is_unseen(problem, theta, p)) continue;
      const std::string where = end_with_better_step(problem, best, p, theta);
      if (where.empty()) continue;
      return "a step at the " + where + " fits better, for which " +
             problem.law().info.parameters[at(p)].name +
             " and a scale outgrow what numbers hold: measure the input from its lowest or highest "
             "value";
    }
  }
  return "";
}

}  // namespace rung

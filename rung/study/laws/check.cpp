#include "rung/study/laws/check.hpp"

#include <fmt/core.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/linear_algebra.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/fit.hpp"
#include "rung/fit/interval/delta.hpp"
#include "rung/study/laws/simulated.hpp"

namespace rung::laws {
namespace {

Points points_of(const std::vector<std::vector<double>>& inputs, const std::vector<double>& y) {
  return Points::from_columns(inputs, y);
}

std::vector<double> values(const Law& law, const std::vector<std::vector<double>>& inputs,
                           const std::vector<double>& theta) {
  return predict(law, theta, points_of(inputs, std::vector<double>(inputs[0].size(), 1)));
}

/// The gradient of the value by each parameter, scaled to length 1: [points x parameters].
Matrix unit_gradients(const Law& law, const SimulatedData& data) {
  const Points points = points_of(data.inputs(), std::vector<double>(SimulatedData::kPoints, 1));
  const std::size_t P = data.truth().size(), n = points.n_padded();
  const AlignedArray target(n);
  AlignedArray f(n), jacobian(n * P);
  law.kernel.jacobian(law.kernel.self.get(), {data.truth().data(), nullptr, points.view(target)},
                      f.data(), jacobian.data());
  Matrix gradients(points.size(), P);
  for (std::size_t p = 0; p < P; ++p) {
    for (std::size_t i = 0; i < points.size(); ++i) gradients(i, p) = jacobian[p * n + i];
  }
  std::vector<double> lengths = column_norms(gradients);
  for (double& length : lengths) length = length > 0 ? 1 / length : 1;
  scale_columns(lengths, gradients);
  return gradients;
}

/// Parameters of whose gradients one is made of the others.
Check check_distinct(const Law& law, const SimulatedData& data) {
  constexpr double kVanishes = 1e-12, kTakesPart = 1e-3;
  const Check passed = {"parameters", Verdict::passed, "each changes the value in its own way"};
  const Matrix gradients = unit_gradients(law, data);
  const SingularValues svd = singular_values(gradients, SingularVectors::right);
  if (svd.values.back() > kVanishes * svd.values.front()) return passed;
  std::vector<std::string> names;
  for (std::size_t p = 0; p < gradients.n_columns; ++p) {
    if (std::abs(svd.v(p, svd.v.n_columns - 1)) > kTakesPart)
      names.push_back(law.info.parameters[p].name);
  }
  return {"parameters", Verdict::failed,
          names.size() == 1 ? names[0] + " has no effect"
                            : join(names, ", ") +
                                  " can't be told apart: many values of them "
                                  "predict the same"};
}

/// How the value changes with the logarithm of an input, by central differences.
std::vector<double> slopes_by_unit(const Law& law, const SimulatedData& data, std::size_t input) {
  const auto at = [&](double log_factor) {
    std::vector<std::vector<double>> moved = data.inputs();
    for (double& x : moved[input]) x *= std::exp(log_factor);
    return values(law, moved, data.truth());
  };
  const auto slopes = [&](double step) {
    std::vector<double> result = at(step);
    add_scaled(-1, at(-step), result);
    scale(1 / (2 * step), result);
    return result;
  };
  constexpr double kStep = 2e-3;
  // Richardson's: the error is of the fourth order.
  std::vector<double> result = slopes(kStep / 2);
  scale(4.0 / 3, result);
  add_scaled(-1.0 / 3, slopes(kStep), result);
  return result;
}

/// Whether parameters take up a change of an input's unit: whether it moves the value as they do.
bool takes_any_unit(const Law& law, const SimulatedData& data, std::size_t input) {
  constexpr double kLeft = 1e-7;
  const std::vector<double> slopes = slopes_by_unit(law, data, input);
  const Matrix gradients = unit_gradients(law, data);
  std::vector<double> rest = slopes;
  add_scaled(-1, product(gradients, least_squares(gradients, slopes).solution.values), rest);
  return norm(rest) <= kLeft * norm(slopes);
}

Fit fitted(const Law& law, const Points& points) {
  return fit(law, points, {.residual = law.info.residual});
}

Check check_unit(const Law& law, const SimulatedData& data, const std::vector<double>& y,
                 double objective, std::size_t input) {
  constexpr double kFactor = 1000, kSame = 1e-6;
  const std::string name = "unit of " + law.info.inputs[input].name;
  if (!takes_any_unit(law, data, input))
    return {name, Verdict::not_applicable, "no parameter takes up another unit"};
  std::vector<std::vector<double>> rescaled = data.inputs();
  for (double& x : rescaled[input]) x /= kFactor;
  const double other = fitted(law, points_of(rescaled, y)).objective;
  if (std::abs(other - objective) <= kSame * objective)
    return {name, Verdict::passed, "in thousands the fit is the same"};
  return {name, Verdict::failed,
          fmt::format("in thousands the objective is {} in place of {}: do bounds or search ranges "
                      "belong to one unit?",
                      significant(other), significant(objective))};
}

/// The parameters that take part in what changes the values least.
std::vector<std::string> hardest_told_apart(const Law& law, const SimulatedData& data) {
  constexpr double kTakesPart = 0.1;
  const SingularValues svd = singular_values(unit_gradients(law, data), SingularVectors::right);
  std::vector<std::string> names;
  for (std::size_t p = 0; p < law.info.parameters.size(); ++p) {
    if (std::abs(svd.v(p, svd.v.n_columns - 1)) > kTakesPart)
      names.push_back(law.info.parameters[p].name);
  }
  return names;
}

/// Whether a fit finds the parameters that such data determine to a tenth of their size.
Check check_recovery(const Law& law, const SimulatedData& data, const Points& points,
                     const Fit& fit) {
  constexpr double kDetermined = 0.1, kWide = 5;
  const FitProblem problem(law, points, {}, law.info.residual);
  const double of_truth = problem.exact_objective(data.truth());
  if (!(fit.objective <= of_truth * (1 + 1e-9)))
    return {"recovery", Verdict::failed,
            fmt::format("the fit ends at an objective of {}, where the truth has {}",
                        significant(fit.objective), significant(of_truth))};
  const auto covariance = covariance_at(problem, problem.coordinates_of(data.truth()));
  if (!covariance)
    return {"recovery", Verdict::not_applicable,
            "its typical data don't determine " + join(hardest_told_apart(law, data), ", ")};
  std::vector<std::string> found, lost, open;
  const std::size_t n = covariance->coordinates.size();
  for (std::size_t c = 0; c < n; ++c) {
    const int p = problem.parameter_of(covariance->coordinates[c]);
    const double sd = std::sqrt(covariance->matrix[c * n + c]);
    const double truth = data.truth()[static_cast<std::size_t>(p)];
    const double estimate = fit.theta[static_cast<std::size_t>(p)];
    const bool of_log = problem.of_log(p);
    const std::string& name = law.info.parameters[static_cast<std::size_t>(p)].name;
    if (sd > kDetermined * (of_log ? 1 : std::abs(truth))) {
      open.push_back(name);
      continue;
    }
    const double off = of_log ? std::log(estimate / truth) : estimate - truth;
    if (std::abs(off) <= kWide * sd)
      found.push_back(name);
    else
      lost.push_back(name + " = " + significant(estimate) + " for " + significant(truth));
  }
  if (!lost.empty())
    return {"recovery", Verdict::failed, "far from the truth: " + join(lost, ", ")};
  if (found.empty())
    return {"recovery", Verdict::passed, "as near the data as the truth; none is determined well"};
  return {"recovery", Verdict::passed,
          "found again: " + join(found, ", ") +
              (open.empty() ? "" : "; its typical data don't determine " + join(open, ", "))};
}

}  // namespace

std::vector<Check> check_law(const Law& law) {
  std::vector<Check> checks;
  try {
    const SimulatedData data(law);
    checks.push_back({"value", Verdict::passed, "at all typical inputs"});
    checks.push_back(check_derivatives(law));
    checks.push_back(check_distinct(law, data));
    const std::vector<double> y = data.noisy(0);
    const Points points = points_of(data.inputs(), y);
    const Fit fit = fitted(law, points);
    for (std::size_t k = 0; k < law.info.inputs.size(); ++k) {
      if (law.info.inputs[k].positive) checks.push_back(check_unit(law, data, y, fit.objective, k));
    }
    checks.push_back(check_recovery(law, data, points, fit));
  } catch (const InputError& error) {
    const Problem& problem = error.problems().front();
    checks.push_back({"value", Verdict::failed,
                      problem.message + (problem.hint.empty() ? "" : " (" + problem.hint + ")")});
  }
  return checks;
}

}  // namespace rung::laws

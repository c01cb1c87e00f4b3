#include "rung/study/table/multiplier_check.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/linear_algebra.hpp"
#include "rung/core/text.hpp"
#include "rung/study/table/shared_names.hpp"

namespace rung::table {
namespace {

/// How the law answers to one change, at the inputs of all groups' rows.
class Slopes {
 public:
  explicit Slopes(const Prepared& prepared) : law_(*prepared.law) {
    for (const Sample& sample : prepared.samples) {
      for (std::size_t i = 0; i < sample.points.size(); ++i)
        rows_.push_back(sample.points.inputs(i));
    }
    // Plausible values, none like another: what can't be told there can't be told anywhere.
    double factor = 1;
    for (const ParameterInfo& parameter : law_.info.parameters)
      theta_.push_back((parameter.typical == 0 ? 1 : parameter.typical) * (factor += 0.0371));
  }

  std::vector<double> of_parameter(std::size_t p) const {
    return slopes(
        [&](double by, std::vector<double>& theta, std::vector<double>&) { theta[p] *= by; });
  }

  std::vector<double> of_multiplier(const std::string& input) const {
    const bool of_compute = is_of_compute(law_, input);
    return slopes([&](double by, std::vector<double>&, std::vector<double>& inputs) {
      for (std::size_t k = 0; k < inputs.size(); ++k) {
        const std::string& name = law_.info.inputs[k].name;
        if (of_compute ? name == "N" || name == "D" : name == input)
          inputs[k] *= of_compute ? std::sqrt(by) : by;
      }
    });
  }

 private:
  template <class Change>
  std::vector<double> slopes(Change change) const {
    constexpr double kStep = 1e-4;
    std::vector<double> found;
    for (const std::vector<double>& row : rows_) {
      double difference = 0;
      for (const double sign : {1.0, -1.0}) {
        std::vector<double> theta = theta_, inputs = row;
        change(std::exp(sign * kStep), theta, inputs);
        difference += sign * predict(law_, theta, inputs);
      }
      found.push_back(difference / (2 * kStep));
    }
    return found;
  }

  const Law& law_;
  std::vector<std::vector<double>> rows_;
  std::vector<double> theta_;
};

/// Whether `target` is a sum of `columns`, to what slopes are exact.
bool is_sum_of(const std::vector<std::vector<double>>& columns, const std::vector<double>& target) {
  Matrix a(target.size(), columns.size());
  for (std::size_t j = 0; j < columns.size(); ++j) {
    double most = 0;
    for (const double value : columns[j]) most = std::max(most, std::abs(value));
    for (std::size_t i = 0; i < target.size(); ++i) {
      if (!std::isfinite(columns[j][i]) || !std::isfinite(target[i])) return false;
      a(i, j) = most > 0 ? columns[j][i] / most : 0;
    }
  }
  const std::vector<double> sums = least_squares(a, target).solution.values;
  double left = 0, all = 0;
  for (std::size_t i = 0; i < target.size(); ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < columns.size(); ++j) sum += a(i, j) * sums[j];
    left += (target[i] - sum) * (target[i] - sum), all += target[i] * target[i];
  }
  constexpr double kExact = 1e-6;
  return all > 0 && left < kExact * kExact * all;
}

}  // namespace

void check_multipliers(const Prepared& prepared, const SharedOptions& shared) {
  if (shared.shared.empty() || shared.multipliers.empty()) return;
  const Slopes slopes(prepared);
  std::vector<std::string> own;
  std::vector<std::vector<double>> columns;
  const std::vector<ParameterInfo>& parameters = prepared.law->info.parameters;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (contains(shared.shared, parameters[p].name)) continue;
    own.push_back(parameters[p].name);
    columns.push_back(slopes.of_parameter(p));
  }
  if (own.empty()) return;
  for (const std::string& input : shared.multipliers) {
    if (!is_sum_of(columns, slopes.of_multiplier(input))) continue;
    throw InputError("--multiplier " + input + " can't be told beside --share " +
                         join(shared.shared, ",") + ": each group's own " + join(own, ", ") +
                         (own.size() > 1 ? " take" : " takes") + " up any factor on " + input,
                     "leave out --share, so that groups differ in factors alone, or share more");
  }
}

}  // namespace rung::table

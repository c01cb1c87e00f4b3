#include "rung/study/table/noise_doubts.hpp"

#include <cmath>

#include "rung/core/text.hpp"
#include "rung/fit/weighing.hpp"

namespace rung::table {
namespace {

/// A sum of squares over its degrees of freedom, in units of the noise that was told: 1 on average.
struct Scatter {
  double squares = 1, dof = 0;

  bool too_much() const { return dof >= 1 && squares >= 1 + 3 * std::sqrt(2 / dof); }
  bool too_little() const {
    constexpr double kLeast = 0.05, kFewest = 4;  // by chance in 0.5% of fits
    return dof >= kFewest && squares < kLeast;
  }
  std::string words() const {
    const double times = std::sqrt(squares);
    return "rows scatter " +
           (times < 100 ? significant(times, 2) : short_count(std::round(times))) + " times";
  }
};

/// Pearson's statistic.
Scatter scatter_of_questions(const Fitted& fitted) {
  const std::vector<double> f = fitted.predict(*fitted.points);
  double pearson = 0, n = 0;
  for (std::size_t i = 0; i < f.size(); ++i) {
    const double r = fitted.points->y(i) - f[i];
    pearson += weight_of_square(*fitted.problem, i, f[i]) * r * r;
    n += fitted.points->weight(i) > 0 ? 1 : 0;
  }
  const double dof = n - static_cast<double>(fitted.problem->n_free());
  return {pearson / dof, dof};
}

}  // namespace

void doubt_noise(std::optional<double> noise_sd, const std::optional<Covariance>& by_data,
                 FittedGroup& group) {
  if (group.fitted.options.loss.kind == LossKind::binomial) {
    const Scatter scatter = scatter_of_questions(group.fitted);
    if (scatter.too_much())
      group.add_doubt(scatter.words() +
                      " as much as so many questions explain, and errors are as much too small: "
                      "--covariance sandwich holds for what else scatters, too");
    return;
  }
  if (!noise_sd || !by_data) return;
  const double sd = std::sqrt(by_data->residual_variance);
  const double times = sd / *noise_sd;
  const Scatter scatter{times * times, by_data->dof};
  const std::string instead = ": without it, the noise is theirs, " + significant(sd, 2);
  if (scatter.too_much())
    group.add_doubt(scatter.words() + " as much as --noise-sd " + significant(*noise_sd, 6) +
                    " says, and errors are as much too small" + instead);
  else if (scatter.too_little())
    group.notes.push_back(scatter.words() + " as much as --noise-sd " + significant(*noise_sd, 6) +
                          " says, and errors are too large" + instead);
}

}  // namespace rung::table

#pragma once
/// Pictures of the over-training study.

#include <string>
#include <vector>

#include "rung/figure/figure.hpp"

namespace rung {
struct Testbed;
}

namespace rung::overtraining {

struct Study;
struct Fits;
struct TokenCurve;
struct TaskCorrelation;

/// Left: reducible loss against compute, with the law's lines of constant tokens per parameter and
/// of constant size. Right: error against loss. Filled marks are measured runs that the laws were
/// fitted on, hollow ones predictions, crosses what the predicted runs measured. For the first
/// training set, loss set and error set of `fits`.
Figure figure1(const Testbed& testbed, const Study& study, const Fits& fits);

/// Loss against tokens per parameter: a panel a training set, a curve a size, with the law dashed.
/// The curves are on the first loss set of `fits`.
Figure token_figure(const Study& study, const Fits& fits, const std::vector<TokenCurve>& curves);

/// Error against loss: a panel an error set, with the law, guessing, and the runs of the first
/// training set of `fits`.
Figure task_figure(const Testbed& testbed, const Study& study, const Fits& fits);

/// Rank correlation of error with loss, a column a training set, the error sets in the order of the
/// first one's correlation.
Figure correlation_figure(const Study& study, const std::vector<std::string>& train_sets,
                          const std::vector<std::vector<TaskCorrelation>>& correlations);

}  // namespace rung::overtraining

#pragma once
/// How loss falls as runs grow longer.

#include <vector>

#include "rung/figure/figure.hpp"

namespace rung::overtraining {

struct Fits;
struct Study;
struct TokenCurve;

/// Loss against tokens per parameter: a panel a training set, a colour a size: filled the runs that
/// the law was fitted on, open the others, and the law dashed. The curves are on the first loss set
/// of `fits`.
Figure token_figure(const Study& study, const Fits& fits, const std::vector<TokenCurve>& curves);

}  // namespace rung::overtraining

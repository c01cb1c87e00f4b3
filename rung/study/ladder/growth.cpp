#include "rung/study/ladder/growth.hpp"

#include <algorithm>

namespace rung::ladder {

double share_of_growth(std::span<const std::vector<Growth>> folds) {
  constexpr double kPriorSquare = 0.03;
  double products = kPriorSquare, squares = kPriorSquare;
  for (const std::vector<Growth>& fold : folds) {
    const double n = static_cast<double>(fold.size());
    for (const Growth& of : fold) {
      products += of.predicted * of.actual / n;
      squares += of.predicted * of.predicted / n;
    }
  }
  return std::clamp(products / squares, 0.0, 1.0);
}

double kept_share(Signal signal, double share) {
  constexpr double kLevelled = 0.5;
  const bool takes_folds = signal == Signal::weak || (signal == Signal::clear && share < kLevelled);
  return takes_folds ? share : 1;
}

}  // namespace rung::ladder

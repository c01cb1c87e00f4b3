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
  if (signal == Signal::weak) return share;
  if (signal != Signal::clear) return 1;
  // Levelled off below the one, risen as predicted above the other.
  constexpr double kLevelled = 0.4, kRisen = 0.6;
  const double risen = std::clamp((share - kLevelled) / (kRisen - kLevelled), 0.0, 1.0);
  return share + risen * (1 - share);
}

}  // namespace rung::ladder

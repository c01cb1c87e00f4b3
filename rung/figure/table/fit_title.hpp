#pragma once
/// What the figure of a fit says above its panels.

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/figure/table/series.hpp"

namespace rung {

struct FitPicture {
  std::vector<FittedSeries> series;
  std::string y;                             // what is predicted, in the user's words
  std::map<std::size_t, Family> families{};  // by input
};

std::size_t n_observations(const FitPicture& picture);

/// "loss from N and D: relative error typically 0.3%"
std::string title_of(const FitPicture& picture);

/// Of what the figure's panels show.
std::string subtitle_of(const FitPicture& picture, const Figure& figure);

}  // namespace rung

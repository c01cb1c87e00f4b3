#include "rung/figure/table/fit_title.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/table/predicted.hpp"

namespace rung {
namespace {

/// How many fits are not identified.
std::size_t n_loose(const FitPicture& picture) {
  std::size_t n = 0;
  for (const FittedSeries& series : picture.series) n += !series.fitted->fit.identified;
  return n;
}

/// "; runs whose N has no curve have a colour between two"; "" where each has one.
std::string between_words(const FitPicture& picture) {
  for (const auto& [input, family] : picture.families) {
    if (family.drawn.size() < family.values.size())
      return "; runs whose " + picture.series.front().fitted->law->info.inputs[input].name +
             " has no curve have a colour between two";
  }
  return "";
}

/// "; curves at the median S, points at their own"; "" where no input is left to hold.
std::string held_words(const FitPicture& picture) {
  std::set<std::size_t> held;
  for (const FittedSeries& series : picture.series) {
    const std::vector<std::size_t> own = held_inputs(series);
    held.insert(own.begin(), own.end());
  }
  std::vector<std::string> names;
  for (const std::size_t k : held)
    names.push_back(picture.series.front().fitted->law->info.inputs[k].name);
  return names.empty() ? ""
                       : "; curves at the median " + join(names, " and ") + ", points at their own";
}

/// ": relative error typically 0.3%"; of a quantile, from which runs are no errors
/// away, ": 94.3% of the runs lie below"
std::string distance_words(const FitPicture& picture) {
  std::vector<double> errors;
  std::size_t n_below = 0;
  for (const FittedSeries& series : picture.series) {
    for (std::size_t i = 0; i < series.y.size(); ++i) {
      const double predicted = series.fitted->predict(all_inputs(series, series.inputs[i]));
      if (series.y[i] != 0) errors.push_back(std::abs(predicted / series.y[i] - 1));
      n_below += series.y[i] <= predicted;
    }
  }
  const Loss& loss = picture.series.front().fitted->options.loss;
  const auto n = static_cast<double>(n_observations(picture));
  if (loss.kind == LossKind::quantile)
    return ": " + percent(static_cast<double>(n_below) / n, 1) + " of the runs lie below";
  return errors.empty() ? ""
                        : ": relative error typically " + percent(median(std::move(errors)), 2);
}

/// "; no band where parameters are not determined", or where a band has a gap.
std::string gap_words(const FitPicture& picture, const Figure& figure) {
  if (n_loose(picture) > 0) return "; no band where parameters are not determined";
  for (const Panel& panel : figure.panels) {
    for (const Layer& layer : panel.layers) {
      const auto* const band = std::get_if<Band>(&layer);
      if (band && std::ranges::any_of(band->lower, [](double y) { return std::isnan(y); }))
        return "; no band where there is no interval";
    }
  }
  return "";
}

}  // namespace

std::size_t n_observations(const FitPicture& picture) {
  std::size_t n = 0;
  for (const FittedSeries& series : picture.series) n += series.y.size();
  return n;
}

std::string title_of(const FitPicture& picture) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < picture.series.front().inputs.front().size(); ++k)
    names.push_back(picture.series.front().fitted->law->info.inputs[k].name);
  const std::string last = names.back();
  names.pop_back();
  const std::string inputs = names.empty() ? last : join(names, ", ") + " and " + last;
  const std::string title = picture.y + " from " + inputs + distance_words(picture);
  const std::size_t loose = n_loose(picture);
  if (loose == 0) return title;
  const std::size_t n = picture.series.size();
  return title + ", parameters not determined" +
         (n > 1 ? " in " + std::to_string(loose) + " of " + std::to_string(n) + " groups" : "");
}

std::string subtitle_of(const FitPicture& picture, const Figure& figure) {
  const FittedSeries& first = picture.series.front();
  std::string words = std::to_string(n_observations(picture)) + " observations";
  const Loss& loss = first.fitted->options.loss;
  if (loss.kind == LossKind::quantile)
    words += "; the law of the " + significant(loss.parameter) + " quantile";
  if (has_bands(figure))
    words +=
        "; shaded: the law's " + significant(100 * first.fitted->options.level, 3) + "% interval";
  const std::string dotted = dotted_words(figure);
  words += dotted.empty() ? gap_words(picture, figure) : "; " + dotted;
  words += between_words(picture);
  return words + held_words(picture);
}

}  // namespace rung

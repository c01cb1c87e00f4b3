#include "rung/figure/table/inputs.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "rung/core/expression_tokens.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/scene.hpp"

namespace rung {

std::vector<std::size_t> widest_inputs(const Fitted& fitted) {
  std::vector<std::size_t> order(fitted.lowest.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto spread = [&](std::size_t k) {
    const double low = fitted.lowest[k], high = fitted.highest[k];
    return low > 0 ? std::log(high / low) : (high > low ? 1e-6 : 0);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return spread(a) > spread(b); });
  return order;
}

bool by_log(const Fitted& fitted, std::size_t k) {
  constexpr double kWide = 5;
  return fitted.lowest[k] > 0 && fitted.highest[k] / fitted.lowest[k] > kWide;
}

namespace {

/// "D: training tokens"; of a formula's input what its letter stands for in every law.
std::string input_words(const InputInfo& input) {
  static const std::map<std::string, std::string> kMeanings = {
      {"N", "parameters"}, {"D", "training tokens"}, {"C", "training FLOPs"}, {"L", "loss"}};
  const bool says_nothing = input.meaning.empty() || input.meaning == input.name ||
                            input.meaning == "an input of the formula";
  if (!says_nothing) return input.name + ": " + input.meaning;
  const auto known = kMeanings.find(input.name);
  return known == kMeanings.end() ? input.name : input.name + ": " + known->second;
}

}  // namespace

std::vector<double> steps(double low, double high, bool log, std::size_t n) {
  return log ? log_grid(low, high, n) : linear_grid(low, high, n);
}

std::vector<double> curve_steps(double low, double high, bool log,
                                const std::function<double(double)>& value) {
  constexpr double kTurn = 0.01;  // of the curve's height: what is less is not seen
  constexpr std::size_t kMostPoints = 1000;
  std::map<double, double> curve;
  for (const double at : steps(low, high, log, kCurvePoints)) curve[at] = value(at);
  while (curve.size() < kMostPoints) {
    std::vector<double> xs, ys;
    double least = kInfinity, most = -kInfinity;
    for (const auto& [x, y] : curve) {
      xs.push_back(x), ys.push_back(y);
      if (std::isfinite(y)) least = std::min(least, y), most = std::max(most, y);
    }
    const auto middle = [&](double a, double b) { return log ? std::sqrt(a * b) : (a + b) / 2; };
    const auto along = [&](double x) { return log ? std::log(x) : x; };
    const std::size_t before = curve.size();
    for (std::size_t i = 1; i + 1 < xs.size(); ++i) {
      const double share =
          (along(xs[i]) - along(xs[i - 1])) / (along(xs[i + 1]) - along(xs[i - 1]));
      if (!(std::abs(ys[i] - std::lerp(ys[i - 1], ys[i + 1], share)) > kTurn * (most - least)))
        continue;
      for (const double x : {middle(xs[i - 1], xs[i]), middle(xs[i], xs[i + 1])})
        curve.emplace(x, value(x));
    }
    if (curve.size() == before) break;
  }
  std::vector<double> at;
  for (const auto& [x, y] : curve) at.push_back(x);
  return at;
}

Axis input_axis(const Fitted& fitted, std::size_t k) {
  const InputInfo& input = fitted.law->info.inputs[k];
  const bool log = by_log(fitted, k);
  return {.label = input_words(input),
          .log = log,
          .ticks = fitted.highest[k] >= 1e15  ? TickStyle::power
                   : fitted.highest[k] >= 1e4 ? TickStyle::count
                                              : TickStyle::plain};
}

std::string only_input_words(const Law& law, const Mapping& x) {
  if (law.info.inputs.size() != 1) return "";
  const std::string& name = law.info.inputs.front().name;
  for (const auto& [input, expression] : x) {
    const Span& span = expression.root.span;
    const std::string words =
        shown_expression(expression.text.substr(span.begin, span.end - span.begin));
    if (input == name && words != name) return name + ": " + words;
  }
  return "";
}

std::vector<double> medians(const Points& points) {
  std::vector<double> result;
  for (std::size_t k = 0; k < points.n_inputs(); ++k) {
    std::vector<double> values;
    for (std::size_t i = 0; i < points.size(); ++i) values.push_back(points.input(k, i));
    result.push_back(upper_median(std::move(values)));
  }
  return result;
}

std::string number_words(double value) {
  return value >= 1e4 ? short_count(value) : significant(value, 3);
}

std::string beyond_words(const std::vector<table::Beyond>& all) {
  const auto most = std::max_element(
      all.begin(), all.end(),
      [](const table::Beyond& a, const table::Beyond& b) { return a.factor < b.factor; });
  if (most == all.end()) return "";
  if (std::isinf(most->factor))
    return "at 0 or " + std::string(most->below ? "less" : "more") + ", beyond the data (" +
           most->input + ")";
  const std::string factor = most->factor < 1.05
                                 ? significant(most->factor, 4)  // as it is not inside the data
                             : most->factor < 10 ? significant(most->factor, 2)
                                                 : short_count(std::round(most->factor));
  return "up to " + factor + " times " + (most->below ? "below" : "beyond") + " the data (" +
         most->input + ")";
}

std::string beyond_words(const std::vector<table::GroupPredictions>& groups) {
  std::vector<table::Beyond> all;
  for (const table::GroupPredictions& group : groups) {
    for (const table::PredictedRow& row : group.rows)
      all.insert(all.end(), row.beyond.begin(), row.beyond.end());
  }
  return all.empty() ? "" : "; predicted " + beyond_words(all);
}

void size_panels(Figure& figure) {
  figure.n_columns = std::min<std::size_t>(3, std::max<std::size_t>(1, figure.panels.size()));
  if (figure.panels.size() == 1) figure.panel_width_px = 440, figure.panel_height_px = 300;
}

Figure panels_of(const std::vector<table::FittedGroup>& groups, std::string title,
                 const std::function<Panel(const table::FittedGroup&)>& panel_of) {
  Figure figure{.title = std::move(title)};
  std::vector<std::string> loose;
  for (const table::FittedGroup& group : groups) {
    if (group.fitted.fit.status == Status::failed) continue;
    figure.panels.push_back(panel_of(group));
    if (!group.fitted.fit.identified) loose.push_back(group.fitted.label);
  }
  if (!loose.empty())
    figure.subtitle = "The data do not determine the parameters" +
                      (groups.size() > 1 ? " of " + join(loose, ", ") : "") +
                      ": others fit as well and give another picture";
  size_panels(figure);
  return figure;
}

}  // namespace rung

// Figures of fits: what is drawn of predictions, of groups, and lines of equal value.
#include "rung/figure/table/fit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "rung/figure/table/contours.hpp"
#include "rung/figure/table/inputs.hpp"
#include "rung/figure/table/predicted.hpp"
#include "rung/figure/table/residuals.hpp"

namespace rung {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Runs of a known law.
Table runs() {
  Table table("runs.csv");
  std::vector<double> n, d, loss;
  for (const double size : {1e7, 3e7, 1e8, 3e8, 1e9}) {
    for (const double ratio : {5, 20, 80}) {
      n.push_back(size), d.push_back(ratio * size);
      const double wobble = 1 + 0.002 * std::sin(5.0 * static_cast<double>(n.size()));
      loss.push_back(wobble *
                     (1.7 + 400 * std::pow(n.back(), -0.34) + 410 * std::pow(d.back(), -0.28)));
    }
  }
  table.add({"N", n});
  table.add({"D", d});
  table.add({"loss", loss});
  return table;
}

table::FitResult fitted(std::optional<Table> targets) {
  table::FitRequest request;
  request.what.law = "chinchilla";
  request.what.y = "loss";
  request.uncertainty.resample.n_replicates = 0;
  request.predicts_table = targets.has_value();
  return table::run(request, table::prepare(runs(), request.what), std::move(targets));
}

/// Of each corpus, if there is such a column; `share`: parameters in common.
table::FitResult fitted_groups(Table runs, const std::string& share) {
  table::FitRequest request;
  request.what.law = "chinchilla";
  request.what.y = "loss";
  if (runs.has("corpus")) request.what.group_by = {"corpus"};
  request.share = share;
  request.uncertainty.resample.n_replicates = 0;
  return table::run(request, table::prepare(std::move(runs), request.what), std::nullopt);
}

Table targets(std::size_t n) {
  Table table("targets.csv");
  std::vector<double> sizes, tokens;
  for (std::size_t i = 0; i < n; ++i)
    sizes.push_back(2e9 + 1e9 * static_cast<double>(i)), tokens.push_back(60 * sizes.back());
  table.add({"N", sizes});
  table.add({"D", tokens});
  return table;
}

template <class Kind>
std::vector<Kind> layers_of(const Figure& figure) {
  std::vector<Kind> layers;
  for (const Layer& layer : figure.panels.front().layers) {
    if (const Kind* one = std::get_if<Kind>(&layer)) layers.push_back(*one);
  }
  return layers;
}

TEST(FitFigure, DrawsAFewRowsOfATableToPredictAndNoneOfMany) {
  const Figure few = fit_figure(fitted(targets(8)), "loss");
  EXPECT_EQ(layers_of<Note>(few).size(), 8u);
  EXPECT_EQ(layers_of<Note>(few)[5].text, "N = 7B");
  EXPECT_THAT(layers_of<Key>(few).front().lines[5].text, HasSubstr("N = 7B: "));
  EXPECT_THAT(few.subtitle, HasSubstr("predicted up to 9 times beyond the data (N)"));
  const Figure many = fit_figure(fitted(targets(9)), "loss");
  EXPECT_TRUE(layers_of<Note>(many).empty());
  EXPECT_THAT(many.subtitle, Not(HasSubstr("predicted")));
}

TEST(FitFigure, MarksPredictionsThatSomethingSpeaksAgainst) {
  table::FitResult result = fitted(targets(1));
  EXPECT_THAT(fit_figure(result, "loss").subtitle, Not(HasSubstr("(!)")));
  result.predictions[0].doubts = {"rows look like checkpoints of one run"};
  const Figure one = fit_figure(result, "loss");
  EXPECT_THAT(layers_of<Note>(one).front().text, EndsWith(" (!)"));
  EXPECT_THAT(one.subtitle, EndsWith("; (!): the text says what speaks against the fit"));
  result = fitted(targets(2));
  result.predictions[0].doubts = {"rows look like checkpoints of one run"};
  EXPECT_THAT(layers_of<Key>(fit_figure(result, "loss")).front().lines[1].text, EndsWith(" (!)"));
}

/// Where others fit as well, the range of what they predict, for each size and all along.
TEST(FitFigure, OfAFitThatIsNotIdentifiedHasNoBand) {
  table::FitResult result = fitted(targets(1));
  EXPECT_FALSE(layers_of<Band>(fit_figure(result, "loss")).empty());
  Fit& fit = result.groups[0].fitted.fit;
  fit.identified = false;
  const Figure loose = fit_figure(result, "loss");
  EXPECT_TRUE(layers_of<Band>(loose).empty());
  EXPECT_THAT(loose.subtitle, HasSubstr("no band where parameters are not determined"));
  fit.alternatives = {{.theta = fit.theta}};
  fit.alternatives[0].theta[0] += 1e-3 * std::abs(fit.theta[0]);
  const Figure figure = fit_figure(result, "loss");
  EXPECT_THAT(figure.subtitle, HasSubstr("dotted: the range that equally good fits predict"));
  int n_dotted = 0;
  for (const Curve& curve : layers_of<Curve>(figure)) {
    if (curve.dash != Dash::dotted || curve.x.size() < kCurvePoints) continue;
    ++n_dotted;
    EXPECT_NEAR(curve.x.back(), 1.2e11, 1);
    EXPECT_THAT(curve.y, Each(testing::Gt(0)));
  }
  EXPECT_EQ(n_dotted, 10);  // five sizes, the least and the most of each
}

TEST(FitFigure, CurvesEndAtTheFurthestTarget) {
  const auto end = [](const Figure& figure) {
    double most = 0;
    for (const Curve& curve : layers_of<Curve>(figure)) most = std::max(most, curve.x.back());
    return most;
  };
  EXPECT_NEAR(end(fit_figure(fitted(targets(1)), "loss")), 1.2e11, 1);
  EXPECT_LT(end(fit_figure(fitted(std::nullopt), "loss")), 1.7e11);
}

/// Runs of 10 sizes, 3 ratios of tokens and 2 batch sizes each, which make 2% of the loss.
table::FitResult fitted_with_batch(const std::vector<std::vector<double>>& targets) {
  Table runs("batches.csv");
  std::vector<double> n, d, s, loss;
  for (const double size : {2e7, 6e7, 1.5e8, 4e8, 1e9}) {
    for (const double ratio : {5, 20, 60}) {
      for (const double batch : {1, 20}) {
        n.push_back(size), d.push_back(ratio * size);
        s.push_back(batch * 2e3 * std::pow(size, 0.2 + 0.02 * ratio / 60));
        loss.push_back(1.7 + 400 * std::pow(size, -0.34) + 410 * std::pow(d.back(), -0.28) +
                       0.01 * std::log(s.back() / 1e5));
      }
    }
  }
  runs.add({"N", n}), runs.add({"D", d}), runs.add({"S", s}), runs.add({"loss", loss});
  table::FitRequest request;
  request.what.formula = "E + A/N^a + B/D^b + K*log(S/1e5)";
  request.what.x = "N=N, D=D, S=S";
  request.what.y = "loss";
  request.uncertainty.resample.n_replicates = 0;
  request.predicts_table = true;
  Table places("targets.csv");
  const char* const names[] = {"N", "D", "S"};
  for (std::size_t k = 0; k < 3; ++k) {
    std::vector<double> values;
    for (const std::vector<double>& target : targets) values.push_back(target[k]);
    places.add({names[k], values});
  }
  return table::run(request, table::prepare(std::move(runs), request.what), std::move(places));
}

TEST(FitFigure, OfThreeInputsTheStrongestTellsCurvesApart) {
  const Figure figure = fit_figure(fitted_with_batch({{7e9, 1.4e11, 1e6}}), "loss");
  std::vector<std::string> labels;
  for (const Curve& curve : layers_of<Curve>(figure)) {
    if (!curve.label.empty()) labels.push_back(curve.label);
  }
  EXPECT_EQ(labels,
            (std::vector<std::string>{"N = 20M", "N = 60M", "N = 150M", "N = 400M", "N = 1B"}));
  EXPECT_THAT(figure.subtitle, HasSubstr("; curves at the median S, points at their own"));
  EXPECT_THAT(fit_figure(fitted(std::nullopt), "loss").subtitle, Not(HasSubstr("median")));
}

TEST(FitFigure, NamesOfTargetsTellThemApart) {
  const auto names = [](const std::vector<std::vector<double>>& targets) {
    std::vector<std::string> words;
    for (const Note& note : layers_of<Note>(fit_figure(fitted_with_batch(targets), "loss")))
      words.push_back(note.text);
    return words;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names({{7e9, 1.4e11, 1e6}, {1e9, 1.4e11, 1e6}}), (Names{"N = 7B", "N = 1B"}));
  EXPECT_EQ(names({{7e9, 1.4e11, 1e6}, {7e9, 1.4e11, 2e6}}),
            (Names{"N = 7B, S = 1M", "N = 7B, S = 2M"}));
  EXPECT_EQ(names({{7e9, 1.4e11, 1e6}, {7e9, 2.8e11, 1e6}, {1e9, 1.4e11, 1e6}}),
            (Names{"N = 7B, D = 140B", "N = 7B, D = 280B", "N = 1B"}));
}

double loss_of(const std::string& corpus, double n, double d) {
  const double floor = 1.5 + 0.1 * static_cast<double>(corpus.size());
  return floor + 400 * std::pow(n, -0.34) + 410 * std::pow(d, -0.28);
}

/// Runs of the corpora at sizes of their own; `slip`: how far the first of the last is off.
Table corpora(const std::map<std::string, std::vector<double>>& sizes, double slip = 0) {
  Table table("corpora.csv");
  std::vector<std::string> names;
  std::vector<double> n, d, loss;
  for (const auto& [name, own] : sizes) {
    for (const double size : own) {
      for (const double ratio : {5, 20, 80}) {
        names.push_back(name), n.push_back(size), d.push_back(ratio * size);
        loss.push_back(loss_of(name, n.back(), d.back()));
      }
    }
  }
  loss[loss.size() - 3 * sizes.rbegin()->second.size()] += slip;
  table.add({"corpus", names});
  table.add({"N", n});
  table.add({"D", d});
  table.add({"loss", loss});
  return table;
}

struct Coloured {
  std::map<std::string, std::set<std::uint32_t>> curves;  // by label
  std::map<double, std::set<std::uint32_t>> points;       // by x
};

Coloured coloured(const Figure& figure) {
  Coloured found;
  for (const Panel& panel : figure.panels) {
    for (const Layer& layer : panel.layers) {
      if (const auto* curve = std::get_if<Curve>(&layer); curve && !curve->label.empty())
        found.curves[curve->label].insert(curve->colour.rgb);
      const auto* points = std::get_if<Scatter>(&layer);
      for (std::size_t i = 0; points && i < points->x.size(); ++i)
        found.points[points->x[i]].insert(points->colour.rgb);
    }
  }
  return found;
}

TEST(FitFigure, ASizeHasOneColourInAllPanels) {
  const std::map<std::string, std::vector<double>> sizes = {
      {"a", {1e8, 1e9}}, {"web", {3e7, 1e8, 3e8, 1e9}}, {"books", {3e8, 1e9, 3e9}}};
  for (const bool shared : {false, true}) {
    const Figure figure =
        fit_figure(fitted_groups(corpora(sizes), shared ? "A,B,alpha,beta" : ""), "loss");
    std::set<std::uint32_t> all;
    for (const auto& [label, colours] : coloured(figure).curves) {
      EXPECT_EQ(colours.size(), 1u) << label;
      EXPECT_TRUE(all.insert(*colours.begin()).second) << label;
    }
    EXPECT_EQ(all.size(), 5u);
    // The legend takes labels as they come: by size.
    std::vector<std::string> labels;
    for (const Curve& curve : layers_of<Curve>(figure)) labels.push_back(curve.label);
    labels.resize(5);
    EXPECT_EQ(labels,
              (std::vector<std::string>{"N = 30M", "N = 100M", "N = 300M", "N = 1B", "N = 3B"}));
  }
}

TEST(FitFigure, ARunOfASizeWithoutACurveHasAColourOfItsOwn) {
  Table table("each.csv");
  std::vector<double> n, d, loss;
  for (int i = 0; i < 35; ++i) {
    n.push_back(1e7 * std::pow(1.2, i)), d.push_back(1e8 * std::pow(1.4, 13 * i % 35));
    loss.push_back(1.7 + 400 * std::pow(n.back(), -0.34) + 410 * std::pow(d.back(), -0.28));
  }
  table.add({"N", n});
  table.add({"D", d});
  table.add({"loss", loss});
  const Figure figure = fit_figure(fitted_groups(std::move(table), ""), "loss");
  const Coloured found = coloured(figure);
  EXPECT_EQ(found.curves.size(), 6u);
  std::set<std::uint32_t> of_runs;
  for (const auto& [x, colours] : found.points) of_runs.insert(colours.begin(), colours.end());
  EXPECT_EQ(of_runs.size(), 35u);
  EXPECT_THAT(figure.subtitle, HasSubstr("runs whose N has no curve have a colour between two"));
  EXPECT_THAT(fit_figure(fitted(std::nullopt), "loss").subtitle, Not(HasSubstr("no curve")));
}

TEST(ContourFigure, LinesReachTheFrameAndAreNamed) {
  const table::FitResult result = fitted(std::nullopt);
  const Figure figure = contour_figure(result, "loss");
  const Panel& panel = figure.panels.front();
  const auto at_frame = [&](double x, double y) {
    constexpr double kRounding = 1 + 1e-9;
    return x <= *panel.x.lower * kRounding || x * kRounding >= *panel.x.upper ||
           y <= *panel.y.lower * kRounding || y * kRounding >= *panel.y.upper;
  };
  const std::vector<Curve> lines = layers_of<Curve>(figure);
  ASSERT_GT(lines.size(), 5u);
  for (const Curve& line : lines) {
    EXPECT_TRUE(at_frame(line.x.front(), line.y.front()));
    EXPECT_TRUE(at_frame(line.x.back(), line.y.back()));
    const Fitted& law = result.groups.front().fitted;
    const double height = law.predict(std::vector{line.x.front(), line.y.front()});
    for (std::size_t i = 0; i < line.x.size(); ++i)
      EXPECT_NEAR(law.predict(std::vector{line.x[i], line.y[i]}), height, 2e-3);
  }
  EXPECT_GE(layers_of<Note>(figure).size() + 1, lines.size());  // but for a corner's
}

/// Within the axes, with what is predicted there; of more than a panel has room for, that.
TEST(ContourFigure, TargetsAreMarked) {
  const Figure figure = contour_figure(fitted(targets(2)), "loss");
  const Panel& panel = figure.panels.front();
  std::vector<double> marked;
  for (const Scatter& scatter : layers_of<Scatter>(figure)) {
    if (scatter.label != "predicted") continue;
    marked.push_back(scatter.x.front());
    EXPECT_LT(scatter.x.front(), *panel.x.upper);
    EXPECT_LT(scatter.y.front(), *panel.y.upper);
  }
  EXPECT_EQ(marked, (std::vector{2e9, 3e9}));
  EXPECT_THAT(layers_of<Note>(figure).back().text, HasSubstr(" to "));
  EXPECT_THAT(figure.subtitle, HasSubstr("beyond the data"));
  EXPECT_THAT(contour_figure(fitted(targets(9)), "loss").subtitle,
              HasSubstr("ore than 8 predictions are not drawn"));
}

TEST(ContourFigure, HeightsStandClearOfTargets) {
  for (const double tokens : {5e10, 1e11, 2e11, 4e11, 8e11, 1.6e12}) {
    Table one("targets.csv");
    one.add({"N", std::vector{2e9}}), one.add({"D", std::vector{tokens}});
    const Figure figure = contour_figure(fitted(one), "loss");
    for (const Note& note : layers_of<Note>(figure)) {
      if (!note.upon) continue;
      EXPECT_GT(std::hypot(std::log(note.x / 2e9), std::log(note.y / tokens)), 0.5);
    }
  }
}

TEST(ContourFigure, GroupsThatShareParametersHaveAPanelEach) {
  const Table runs = corpora({{"code", {3e7, 1e8, 3e8, 1e9}}, {"books", {3e7, 1e8, 3e8}}});
  const Figure figure = contour_figure(fitted_groups(runs, "A,B,alpha,beta"), "loss");
  ASSERT_EQ(figure.panels.size(), 2u);
  for (const Panel& panel : figure.panels) {
    std::size_t n_named = 0;
    for (const Layer& layer : panel.layers) {
      if (const auto* points = std::get_if<Scatter>(&layer)) {
        EXPECT_EQ(points->x.size(), panel.title == "code" ? 12u : 9u);
      }
      const auto* height = std::get_if<Note>(&layer);
      if (!height) continue;
      EXPECT_NEAR(std::stod(height->text), loss_of(panel.title, height->x, height->y), 0.01);
      ++n_named;
    }
    EXPECT_GT(n_named, 4u) << panel.title;
  }
  EXPECT_EQ(figure.panels[0].title + figure.panels[1].title, "bookscode");
}

TEST(ResidualFigure, NamesAPointByItsGroup) {
  table::FitResult result = fitted_groups(
      corpora({{"code", {3e7, 1e8, 3e8, 1e9}}, {"books", {3e7, 1e8, 3e8}}}, 0.2), "A,B,alpha,beta");
  std::vector<std::string> names;
  for (const Note& note : layers_of<Note>(residual_figure(result.groups)))
    names.push_back(note.text);
  EXPECT_THAT(names, Contains("code, N = 30M, D = 150M"));
  EXPECT_THAT(names, Each(Not(HasSubstr("is "))));
}

/// Of many observations some stand out by chance: only outliers are named then.
TEST(ResidualFigure, NamesNoPointOfManyWithoutAnOutlier) {
  Table many("runs.csv");
  std::vector<double> n, d, loss;
  for (int i = 0; i < 250; ++i) {
    n.push_back(1e7 * std::pow(100, std::fmod(0.618 * i, 1)));
    d.push_back(n.back() * std::pow(10, 0.5 + std::fmod(0.414 * i, 1)));
    const double noise = std::sin(5.1 * i) + std::sin(7.3 * i) + std::sin(11.7 * i);
    loss.push_back((1 + 0.002 * noise) *
                   (1.7 + 400 * std::pow(n.back(), -0.34) + 410 * std::pow(d.back(), -0.28)));
  }
  many.add({"N", n}), many.add({"D", d}), many.add({"loss", loss});
  const Figure figure = residual_figure(fitted_groups(std::move(many), "").groups);
  EXPECT_THAT(figure.title, HasSubstr("no outlier among 250"));
  EXPECT_TRUE(layers_of<Note>(figure).empty());
  EXPECT_LT(layers_of<Scatter>(figure).front().opacity, 1);
}

TEST(FitFigure, AQuantilesTitleSaysHowManyLieBelow) {
  table::FitRequest request;
  request.what.law = "compute-power";
  request.what.x = "C=6*N*D";
  request.what.y = "loss";
  request.what.loss = parse_loss("quantile:0.9");
  request.uncertainty.resample.n_replicates = 0;
  const Figure figure =
      fit_figure(table::run(request, table::prepare(runs(), request.what), std::nullopt), "loss");
  EXPECT_THAT(figure.title,
              AllOf(StartsWith("loss from C: "), EndsWith("% of the runs lie below")));
  EXPECT_THAT(figure.subtitle, HasSubstr("; the law of the 0.9 quantile"));
  EXPECT_THAT(figure.title, Not(HasSubstr("error")));
}

}  // namespace
}  // namespace rung

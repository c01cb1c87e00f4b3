// The 27 nonlinear regression problems of NIST's Statistical Reference Datasets, each from both of
// its starts, against the certified parameters and residual sum of squares.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "rung/core/text.hpp"
#include "rung/fit/fit.hpp"
#include "rung/fit/optimum/search.hpp"
#include "rung/system/file.hpp"
#include "tests/reference/nist_laws.hpp"
#include "tests/support/shared_data.hpp"

namespace rung {
namespace {

struct Problem {
  std::vector<double> start[2];
  std::vector<double> certified;
  double sum_of_squares = 0;
  std::vector<double> y;
  std::vector<std::vector<double>> inputs;  // [input][point]
};

std::vector<double> numbers_in(const std::string& line) {
  std::vector<double> numbers;
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    const std::optional<double> number = parse_double(word);
    if (!number) return {};
    numbers.push_back(*number);
  }
  return numbers;
}

/// Lines "bK = start1 start2 certified sd", "Residual Sum of Squares: S", and below the last
/// "Data:" one point a line, y first.
Problem parse_problem(const std::string& text) {
  Problem problem;
  bool in_data = false;
  for (const std::string& line : split(text, '\n')) {
    const std::string_view content = trimmed(line);
    const std::size_t equals = line.find('='), colon = line.find(':');
    if (content.starts_with("Data:")) {
      in_data = true;  // the first "Data:", in the description, is followed by no numbers
    } else if (content.starts_with("Residual Sum of Squares:")) {
      problem.sum_of_squares = numbers_in(line.substr(colon + 1)).at(0);
    } else if (content.starts_with("b") && equals != std::string::npos) {
      const std::vector<double> row = numbers_in(line.substr(equals + 1));
      if (row.size() != 4) continue;
      problem.start[0].push_back(row[0]);
      problem.start[1].push_back(row[1]);
      problem.certified.push_back(row[2]);
    } else if (in_data) {
      const std::vector<double> row = numbers_in(line);
      if (row.size() < 2) continue;
      problem.inputs.resize(row.size() - 1);
      problem.y.push_back(row[0]);
      for (std::size_t k = 1; k < row.size(); ++k) problem.inputs[k - 1].push_back(row[k]);
    }
  }
  return problem;
}

struct NamedModel {
  const char* name;
  int n_parameters, n_inputs, n_points;
  Kernel kernel;
  /// Parameters of each term of a sum whose terms may change places; told apart by the last one.
  std::vector<std::vector<std::size_t>> terms;

  friend void PrintTo(const NamedModel& model, std::ostream* out) { *out << model.name; }
};

template <class L>
NamedModel model(const char* name, int n_points, std::vector<std::vector<std::size_t>> terms = {}) {
  return {name, L::kParameters, L::kInputs, n_points, nist::kernel_of<L>(), std::move(terms)};
}

std::vector<NamedModel> models() {
  using namespace nist;
  return {model<SaturatingExponential>("Misra1a", 14),
          model<SaturatingExponential>("BoxBOD", 6),
          model<nist::Misra1b>("Misra1b", 14),
          model<nist::Misra1c>("Misra1c", 14),
          model<nist::Misra1d>("Misra1d", 14),
          model<Chwirut>("Chwirut1", 214),
          model<Chwirut>("Chwirut2", 54),
          model<Lanczos>("Lanczos1", 24, {{0, 1}, {2, 3}, {4, 5}}),
          model<Lanczos>("Lanczos2", 24, {{0, 1}, {2, 3}, {4, 5}}),
          model<Lanczos>("Lanczos3", 24, {{0, 1}, {2, 3}, {4, 5}}),
          model<Gauss>("Gauss1", 250, {{2, 4, 3}, {5, 7, 6}}),
          model<Gauss>("Gauss2", 250, {{2, 4, 3}, {5, 7, 6}}),
          model<Gauss>("Gauss3", 250, {{2, 4, 3}, {5, 7, 6}}),
          model<nist::DanWood>("DanWood", 6),
          model<nist::Kirby2>("Kirby2", 151),
          model<CubicOverCubic>("Hahn1", 236),
          model<CubicOverCubic>("Thurber", 37),
          model<nist::Nelson>("Nelson", 128),
          model<nist::Mgh09>("MGH09", 11),
          model<nist::Mgh10>("MGH10", 16),
          model<nist::Mgh17>("MGH17", 33, {{1, 3}, {2, 4}}),
          model<nist::Roszman1>("Roszman1", 25),
          model<nist::Enso>("ENSO", 168, {{4, 5, 3}, {7, 8, 6}}),
          model<nist::Eckerle4>("Eckerle4", 35),
          model<nist::Rat42>("Rat42", 9),
          model<nist::Rat43>("Rat43", 15),
          model<nist::Bennett5>("Bennett5", 154)};
}

/// The model as a law whose search covers what lies between the two starts.
Law law_of(const NamedModel& model, const Problem& problem) {
  Law law{{.name = model.name}, model.kernel};
  for (int k = 0; k < model.n_inputs; ++k) {
    law.info.inputs.push_back({.name = "x" + std::to_string(k + 1), .positive = false});
  }
  for (std::size_t p = 0; p < problem.certified.size(); ++p) {
    const auto [low, high] = std::minmax(problem.start[0][p], problem.start[1][p]);
    law.info.parameters.push_back({.name = "b" + std::to_string(p + 1),
                                   .typical = problem.start[1][p],
                                   .search = {.low = low, .high = high}});
  }
  return law;
}

/// The same parameters with the exchangeable terms in rising order.
std::vector<double> in_order(const NamedModel& model, const std::vector<double>& theta) {
  auto terms = model.terms;
  std::sort(terms.begin(), terms.end(),
            [&](const auto& a, const auto& b) { return theta[a.back()] < theta[b.back()]; });
  std::vector<double> ordered = theta;
  for (std::size_t t = 0; t < terms.size(); ++t) {
    for (std::size_t i = 0; i < terms[t].size(); ++i) {
      ordered[model.terms[t][i]] = theta[terms[t][i]];
    }
  }
  return ordered;
}

/// NIST's log relative error: about how many digits agree; 15 where all do.
double digits(double found, double certified) {
  const double error = std::abs(found - certified) / std::abs(certified);
  return error > 0 ? std::min(-std::log10(error), 15.0) : 15;
}

/// What was found, for whoever has to look into a failure.
std::string table(const std::vector<double>& start, const std::vector<double>& found,
                  const std::vector<double>& certified) {
  std::string text =
      fmt::format("{:>4}{:>14}{:>20}{:>20}{:>8}\n", "", "start", "found", "certified", "digits");
  for (std::size_t p = 0; p < start.size(); ++p) {
    text += fmt::format("{:>4}{:>14.6g}{:>20.11g}{:>20.11g}{:>8.1f}\n", fmt::format("b{}", p + 1),
                        start[p], found[p], certified[p], digits(found[p], certified[p]));
  }
  return text;
}

// Six are asked for; every problem gives ten.
constexpr double kDigits = 8;

class NistStrd : public testing::TestWithParam<NamedModel> {
 protected:
  void SetUp() override {
    const NamedModel& model = GetParam();
    const auto folder = shared_path("data/nist-strd");
    if (!folder) GTEST_SKIP() << "no data/nist-strd beside the project";
    problem_ = parse_problem(read_file(*folder / (std::string(model.name) + ".dat")));
    // The file at hand has this value's characters out of order, "1.20196866396E-0"; with that one
    // the certified sum of squares would be missed by four orders of magnitude.
    if (model.name == std::string("Roszman1")) problem_.certified.at(0) = 2.0196866396E-01;
    if (model.name == std::string("Nelson")) {
      for (double& y : problem_.y) y = std::log(y);
    }
    ASSERT_EQ(problem_.certified.size(), static_cast<std::size_t>(model.n_parameters));
    ASSERT_EQ(problem_.inputs.size(), static_cast<std::size_t>(model.n_inputs));
    ASSERT_EQ(problem_.y.size(), static_cast<std::size_t>(model.n_points));
    law_ = law_of(model, problem_);
    points_ = Points::from_columns(problem_.inputs, problem_.y);
  }

  void expect_certified(const FitProblem& fit_problem, const std::vector<double>& start,
                        const std::vector<double>& found, double objective) const {
    const std::vector<double> theta = in_order(GetParam(), found);
    const std::vector<double> certified = in_order(GetParam(), problem_.certified);
    double least = 15;
    for (std::size_t p = 0; p < theta.size(); ++p) {
      least = std::min(least, digits(theta[p], certified[p]));
    }
    EXPECT_GE(least, kDigits) << table(start, theta, certified);
    // Lanczos1's residuals of 1e-13 are themselves known to two or three digits in a double.
    const double reachable = 4 * fit_problem.rounding(problem_.sum_of_squares);
    EXPECT_NEAR(objective, problem_.sum_of_squares,
                std::max(reachable, std::pow(10, -kDigits) * problem_.sum_of_squares));
  }

  Problem problem_;
  Law law_;
  Points points_{0, 0};
};

TEST_P(NistStrd, BothStartsReachTheCertifiedDigits) {
  const FitProblem fit_problem(law_, points_, {}, Residual::raw);
  const Structure structure = structure_of(fit_problem);
  for (const std::vector<double>& start : problem_.start) {
    const Minimum minimum = descend_from(fit_problem, structure, start);
    EXPECT_TRUE(minimum.converged);
    expect_certified(fit_problem, start, minimum.z, minimum.objective);
  }
}

TEST_P(NistStrd, FitKeepsThemAmongAllThatItSearches) {
  const FitProblem fit_problem(law_, points_, {}, Residual::raw);
  const Fit found = fit(law_, points_, {.extra_starts = {problem_.start[0], problem_.start[1]}});
  expect_certified(fit_problem, problem_.start[0], found.theta, found.objective);
  EXPECT_TRUE(found.status == Status::certified || found.status == Status::local)
      << status_name(found.status);
}

INSTANTIATE_TEST_SUITE_P(AllProblems, NistStrd, testing::ValuesIn(models()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace rung

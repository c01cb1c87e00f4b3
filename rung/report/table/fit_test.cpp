#include "rung/report/table/fit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::table {
namespace {

using ::testing::HasSubstr;

/// Two recipes on the same law, the second with losses 2% higher.
Table runs() {
  Table table("runs.csv");
  std::vector<double> n, d, loss;
  std::vector<std::string> recipe;
  for (const char* name : {"a", "b"}) {
    for (const double size : {1e7, 3e7, 1e8, 3e8, 1e9}) {
      for (const double ratio : {5, 20, 60, 200}) {
        n.push_back(size), d.push_back(ratio * size), recipe.emplace_back(name);
        const double wobble = 1 + 0.001 * (static_cast<double>(n.size() % 5) - 2);
        loss.push_back((name[0] == 'b' ? 1.02 : 1) * wobble *
                       (1.7 + 400 * std::pow(n.back(), -0.34) + 410 * std::pow(d.back(), -0.28)));
      }
    }
  }
  table.add({"N", n});
  table.add({"D", d});
  table.add({"loss", loss});
  table.add({"recipe", recipe});
  return table;
}

FitRequest request() {
  FitRequest request;
  request.what.law = "chinchilla";
  request.what.residual = Residual::log;
  request.what.group_by = {"recipe"};
  request.uncertainty.resample.n_replicates = 0;
  request.at = {"N=7e9, D=4e12"};
  return request;
}

Document described(const FitRequest& request) {
  request.validate();
  return describe(request, run(request, prepare(runs(), request.what), std::nullopt));
}

std::string refused(const FitRequest& request) {
  try {
    request.validate();
  } catch (const InputError& error) {
    return error.what();
  }
  return "nothing";
}

TEST(DescribeFit, AGroupAResultWithWhatItWasFittedWith) {
  const Document document = described(request());
  EXPECT_TRUE(document.usable);
  EXPECT_THAT(text_of(document), HasSubstr("\nloss squared, residual log, no bootstrap replicates\n"
                                           "a: 20 points, objective "));
  EXPECT_THAT(csv_of(document),
              HasSubstr("group,N,D,predicted,lower,upper,extrapolation,beyond,doubts\na,"));
  const Json& results = document.results();
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0]["group"], "a");
  EXPECT_EQ(results[1]["fit"]["residual"], "log");
  EXPECT_EQ(results[1]["fit"]["n_replicates"], 0);
  const double a = results[0]["predictions"][0]["predicted"].get<double>();
  const double b = results[1]["predictions"][0]["predicted"].get<double>();
  EXPECT_NEAR(b / a, 1.02, 0.005);
}

TEST(DescribeFit, SaysWhatTheIntervalsOfTheTableAreTakenFrom) {
  FitRequest raw = request();
  raw.what.residual = Residual::raw;
  raw.what.where = "D > 5e9";
  const std::string profiled = "intervals by profile likelihood";
  EXPECT_THAT(text_of(described(raw)), HasSubstr(profiled));
  raw.uncertainty.resample.n_replicates = 20;
  EXPECT_THAT(text_of(described(raw)), testing::Not(HasSubstr(profiled)));
}

TEST(DescribeFit, ProfilesAreTheLimitsOfTheTable) {
  FitRequest profiled = request();
  profiled.uncertainty.profiles = true;
  profiled.predicts_own_rows = true;
  profiled.at.clear();
  profiled.validate();
  const FitResult result = run(profiled, prepare(runs(), profiled.what), std::nullopt);
  const Document document = describe(profiled, result);
  EXPECT_THAT(text_of(document), HasSubstr("note: lower and upper are the ends of the profile"));
  const Profile& first = result.groups[0].profiles.at(0);
  ASSERT_TRUE(first.lower && first.upper);
  const std::string& name = result.law->info.parameters[0].name;
  EXPECT_THAT(csv_of(document), HasSubstr("\na," + name + ","));
  EXPECT_THAT(csv_of(document),
              HasSubstr("," + shortest(*first.lower) + "," + shortest(*first.upper) + "\n"));
}

TEST(DescribeFit, StandardErrorsOfRefitsAreSaidToBeTheirs) {
  const std::string said = "note: stderr is that of the bootstrap refits";
  FitRequest refitted = request();
  EXPECT_THAT(text_of(described(refitted)), testing::Not(HasSubstr(said)));
  refitted.uncertainty.resample.n_replicates = 200;
  refitted.validate();
  FitResult result = run(refitted, prepare(runs(), refitted.what), std::nullopt);
  const Document document = describe(refitted, result);
  EXPECT_THAT(text_of(document), HasSubstr(said));
  for (std::size_t p = 0; p < 5; ++p) {
    const ParameterEstimate& estimate = result.groups[1].fitted.fit.parameters[p];
    EXPECT_EQ(document.results()[1]["fit"]["parameters"][estimate.name]["stderr"],
              *estimate.stderror);
  }
  result.groups[1].fitted.replicates = {};
  EXPECT_THAT(text_of(describe(refitted, result)), HasSubstr("(not of b, without refits)"));
}

TEST(DescribeFit, AnEndThatIsAbsentIsExplained) {
  FitRequest plain = request();
  plain.at.clear();
  plain.predicts_own_rows = true;
  plain.validate();
  FitResult result = run(plain, prepare(runs(), plain.what), std::nullopt);
  const std::string open = "note: -: the data do not determine this end",
                    bound = "-: a parameter at its bound has none";
  EXPECT_THAT(text_of(describe(plain, result)), testing::Not(HasSubstr("-: ")));
  FittedGroup& group = result.groups[0];
  group.fitted.fit.parameters[2].lower.reset();
  EXPECT_THAT(text_of(describe(plain, result)), HasSubstr(open));
  group.fitted.fit.at_bounds = {2};
  EXPECT_THAT(text_of(describe(plain, result)), HasSubstr(bound));
  group.no_intervals = "said elsewhere";
  EXPECT_THAT(text_of(describe(plain, result)), testing::Not(HasSubstr(bound)));
}

TEST(DescribeFit, SharedParametersMakeOneFit) {
  FitRequest shared = request();
  shared.at.clear();
  shared.share = "alpha, beta";
  const Document document = described(shared);
  const Json& results = document.results();
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0]["group"], nullptr);
  EXPECT_EQ(results[0]["predictions"].size(), 40u);  // the rows themselves
  EXPECT_TRUE(results[0]["fit"]["parameters"].contains("E[b]"));
  EXPECT_TRUE(results[0]["fit"]["parameters"].contains("alpha"));
}

TEST(DescribeFit, ASharedFitPredictsForEachGroupInTheUsersWords) {
  FitRequest shared = request();
  shared.share = "alpha, beta";
  const Document document = described(shared);
  EXPECT_THAT(
      text_of(document),
      HasSubstr("chinchilla: E + A / N^alpha + B / D^beta\nloss squared, residual log, no "
                "bootstrap replicates\nfor all groups: alpha, beta; each its own: A, B, E"));
  EXPECT_THAT(csv_of(document),
              HasSubstr("group,N,D,predicted,lower,upper,extrapolation,beyond,doubts\na,"));
  const Json& rows = document.results()[0]["predictions"];
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0]["group"], "a");
  EXPECT_EQ(rows[1]["group"], "b");
  EXPECT_EQ(rows[0]["inputs"].size(), 2u);
  EXPECT_NEAR(rows[1]["predicted"].get<double>() / rows[0]["predicted"].get<double>(), 1.02, 0.005);
}

TEST(DescribeFit, AnUnknownLawIsRefused) {
  EXPECT_EQ(refused(request()), "nothing");
  FitRequest unknown = request();
  unknown.what.law = "chinchila";
  EXPECT_THAT(refused(unknown), HasSubstr("'chinchilla'"));
}

}  // namespace
}  // namespace rung::table

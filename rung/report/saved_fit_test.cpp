#include "rung/report/saved_fit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/error.hpp"
#include "rung/fit/possible.hpp"
#include "rung/law/formula.hpp"
#include "rung/report/json.hpp"
#include "rung/study/table/predictions.hpp"

namespace rung {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Delta-method and conformal intervals, one group, two inputs.
SavedFit chinchilla_fit() {
  Table table("runs.csv");
  std::vector<double> n, d, loss;
  for (const double size : {1e7, 3e7, 1e8, 3e8, 1e9, 3e9}) {
    for (const double ratio : {5, 20, 60, 200}) {
      n.push_back(size), d.push_back(ratio * size);
      const double wobble = 1 + 0.001 * (static_cast<double>(n.size() % 5) - 2);
      loss.push_back(wobble *
                     (1.7 + 400 * std::pow(n.back(), -0.34) + 410 * std::pow(d.back(), -0.28)));
    }
  }
  table.add({"N", n});
  table.add({"D", d});
  table.add({"loss", loss});
  SavedFit saved;
  saved.request.law = "chinchilla";
  saved.request.level = 0.8;
  saved.request.constraints.fix = {"beta=0.28"};
  const table::Prepared prepared = table::prepare(std::move(table), saved.request);
  table::UncertaintyOptions options;
  options.resample.n_replicates = 0;
  options.interval_for = IntervalFor::observation;
  saved.groups.push_back(
      table::fit_group(prepared, prepared.samples.front(), saved.request, options).fitted);
  return saved;
}

class SavedFitTest : public ::testing::Test {
 protected:
  /// What reading says of the file with the value at a JSON pointer replaced.
  std::string refused(const char* place, const Json& value) const {
    Json json = Json::parse(text_);
    json[Json::json_pointer(place)] = value;
    try {
      read_saved_fit(json.dump(), "fit.json");
    } catch (const InputError& error) {
      return error.what();
    }
    return "nothing";
  }

  const SavedFit saved_ = chinchilla_fit();
  const std::string text_ = saved_fit_text(saved_);
};

TEST_F(SavedFitTest, ReadsBackAsItWasWritten) {
  const SavedFit read = read_saved_fit(text_, "fit.json");
  EXPECT_EQ(saved_fit_text(read), text_);
  const std::vector<double> inputs = {7e9, 1.4e11};
  EXPECT_EQ(read.groups[0].predict(inputs), saved_.groups[0].predict(inputs));
  const std::optional<Interval> interval = read.groups[0].interval(inputs);
  ASSERT_TRUE(interval);
  EXPECT_EQ(interval->level, 0.8);
  EXPECT_EQ(interval->method, "delta-observation");
}

TEST_F(SavedFitTest, ARivalIsKept) {
  SavedFit saved = saved_;
  Fitted rival = saved.groups[0];
  rival.fit.theta[0] *= 0.9;
  saved.groups[0].rival = std::make_shared<const Fitted>(rival);
  const std::string text = saved_fit_text(saved);
  const SavedFit read = read_saved_fit(text, "fit.json");
  EXPECT_EQ(saved_fit_text(read), text);
  const std::vector<double> inputs = {7e9, 1.4e11};
  EXPECT_EQ(read.groups[0].interval(inputs)->lower, rival.interval(inputs)->lower);
  Json nested = Json::parse(text);
  nested["groups"][0]["rival"]["rival"] = nested["groups"][0]["rival"];
  EXPECT_THROW(read_saved_fit(nested.dump(), "fit.json"), InputError);
}

TEST_F(SavedFitTest, WhatIsDoubtfulStaysDoubtful) {
  SavedFit doubtful = saved_;
  doubtful.groups[0].fit.status = Status::local;
  doubtful.groups[0].fit.identified = false;
  doubtful.groups[0].fit.notes = {"only one of the search's starts reached this optimum"};
  doubtful.groups[0].doubts = {"1 row does not belong with the others"};
  doubtful.groups[0].possible = ValueRange{0, 0.9};
  const Fitted group = read_saved_fit(saved_fit_text(doubtful), "fit.json").groups[0];
  const Fit& read = group.fit;
  EXPECT_EQ(read.status, Status::local);
  EXPECT_FALSE(read.identified);
  EXPECT_EQ(read.notes, doubtful.groups[0].fit.notes);
  EXPECT_EQ(group.doubts, doubtful.groups[0].doubts);
  ASSERT_TRUE(group.possible);
  EXPECT_EQ(group.possible->most, 0.9);
  EXPECT_THAT(table::doubts_of(group),
              ElementsAre(HasSubstr("does not identify its parameters"),
                          HasSubstr("a better optimum may exist: only one of"),
                          HasSubstr("1 row does not belong")));
}

TEST_F(SavedFitTest, IntervalsKeepToWhatIsPossible) {
  const std::vector<double> inputs = {7e9, 1.4e11};
  const Interval all = *saved_.groups[0].interval(inputs);
  const double predicted = saved_.groups[0].predict(inputs);
  SavedFit limited = saved_;
  const auto read_interval = [&](ValueRange possible) {
    limited.groups[0].possible = possible;
    return read_saved_fit(saved_fit_text(limited), "fit.json").groups[0].interval(inputs);
  };
  EXPECT_EQ(read_interval({0, predicted})->upper, predicted);
  EXPECT_EQ(read_interval({0, predicted})->lower, all.lower);
  EXPECT_EQ(read_interval({predicted, 9})->lower, predicted);
  EXPECT_EQ(read_interval(kPossibleLosses)->upper, all.upper);
  EXPECT_FALSE(read_interval({0, 0.9 * all.lower}));
  Points row(2, 1);
  row.set(0, inputs, predicted);
  limited.groups[0].possible = ValueRange{0, predicted};
  EXPECT_EQ(limited.groups[0].intervals(row)[0]->upper, predicted);
}

/// Files of earlier versions don't say it.
TEST(SavedShares, LieBetweenNoneAndAll) {
  Table table("shares.csv");
  table.add({"x", std::vector<double>{1, 2, 3, 4, 5}});
  table.add({"y", std::vector<double>{0.31, 0.39, 0.52, 0.58, 0.7}});
  table.add({"n", std::vector<double>(5, 400)});
  SavedFit saved;
  saved.request.formula = "a + b*x";
  saved.request.x = "x=x";
  saved.request.y = "y";
  saved.request.loss = {LossKind::binomial};
  saved.request.questions = "n";
  const table::Prepared prepared = table::prepare(std::move(table), saved.request);
  saved.groups.push_back(
      table::fit_group(prepared, prepared.samples.front(), saved.request, {}).fitted);
  ASSERT_TRUE(saved.groups[0].possible);
  saved.groups[0].possible.reset();
  const Fitted read = read_saved_fit(saved_fit_text(saved), "fit.json").groups[0];
  ASSERT_TRUE(read.possible);
  EXPECT_EQ(read.possible->least, 0);
  EXPECT_EQ(read.possible->most, 1);
}

/// Accuracies of a chain, whose interval would leave them.
TEST_F(SavedFitTest, IntervalsOfAChainKeepToWhatIsPossible) {
  Fitted then;
  then.law = std::make_shared<const Law>(formula_law("a*L", {"L"}));
  then.fit.law = then.law.get();
  then.fit.theta = {0.4};
  then.fit.status = Status::certified;
  then.fit.identified = true;
  then.lowest = {1}, then.highest = {4};
  then.replicates.n = 40;
  for (int i = 0; i < 40; ++i) then.replicates.theta.push_back(0.1 + 0.02 * i);
  Fitted first = saved_.groups[0];
  first.replicates.n = 40;
  for (int i = 0; i < 40; ++i)
    first.replicates.theta.insert(first.replicates.theta.end(), first.fit.theta.begin(),
                                  first.fit.theta.end());
  first.interval_for = then.interval_for = IntervalFor::mean;
  const auto chained = [&] {
    return *table::chained_predictions(first, then, {{{7e9, 1.4e11}, {}, ""}})
                .rows[0]
                .prediction.interval;
  };
  ASSERT_GT(chained().upper, 1);
  then.possible = ValueRange{0, 1};
  EXPECT_EQ(chained().upper, 1);
}

TEST_F(SavedFitTest, PointsForPicturesAreNoneForProfiles) {
  SavedFit saved = saved_;
  saved.groups[0].problem = nullptr;  // as of intervals that are not by profiles
  const Fitted read = read_saved_fit(saved_fit_text(saved), "fit.json").groups[0];
  ASSERT_TRUE(read.points);
  EXPECT_EQ(read.points->size(), saved_.groups[0].points->size());
  EXPECT_FALSE(read.problem);
}

/// Half of a decay is seen, so that the law is curved.
TEST(SavedFitProfile, TheIntervalIsTheProfileThatItWasBefore) {
  Table table("decay.csv");
  std::vector<double> x, y;
  for (int i = 1; i <= 12; ++i) {
    x.push_back(i / 3.0);
    y.push_back(1 + 2 * std::exp(-0.4 * x.back()) + 0.03 * std::sin(7.0 * i * i));
  }
  table.add({"x", x});
  table.add({"y", y});
  SavedFit saved;
  saved.request.formula = "c + a*exp(-b*x)";
  saved.request.x = "x=x";
  saved.request.y = "y";
  const table::Prepared prepared = table::prepare(std::move(table), saved.request);
  table::UncertaintyOptions options;
  options.resample.n_replicates = 0;
  saved.groups.push_back(
      table::fit_group(prepared, prepared.samples.front(), saved.request, options).fitted);
  const std::vector<double> far = {9};
  const auto before = saved.groups[0].interval(far);
  ASSERT_TRUE(before);
  EXPECT_EQ(before->method, "profile-mean");
  const auto after = read_saved_fit(saved_fit_text(saved), "fit.json").groups[0].interval(far);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->method, "profile-mean");
  EXPECT_NEAR(after->lower, before->lower, 1e-9);
  EXPECT_NEAR(after->upper, before->upper, 1e-9);
}

TEST_F(SavedFitTest, FilesOfOtherProgramsAreRefused) {
  for (const char* text :
       {"{}", "[1, 2]", "{\"kind\": \"rung plan\"}", "{\"kind\": \"rung fit\"}"}) {
    try {
      read_saved_fit(text, "fit.json");
      ADD_FAILURE() << text;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr("fit.json:1:1: error: ")) << text;
      EXPECT_THAT(error.what(), HasSubstr("rung fit --save-fit writes one")) << text;
    }
  }
}

TEST_F(SavedFitTest, WhatThePredictionsWouldRestOnIsChecked) {
  EXPECT_EQ(refused("/request/level", 0.8), "nothing");
  EXPECT_THAT(refused("/request/level", 95),
              HasSubstr("'level' must be a number between 0 and 1, not 95"));
  EXPECT_THAT(refused("/request/law", "chinchila"), HasSubstr("fit.json: error: there is no law"));
  EXPECT_THAT(refused("/request/fix", {"beta2=0.28"}), HasSubstr("has no parameter 'beta2'"));
  EXPECT_THAT(refused("/groups", Json::array()), HasSubstr("it holds none"));
  EXPECT_THAT(refused("/groups/0/parameters", Json::object()), HasSubstr("'A' is missing"));
  EXPECT_THAT(refused("/groups/0/parameters", nullptr), HasSubstr("'parameters' is missing"));
  EXPECT_THAT(refused("/groups/0/parameters/zeta", 3), HasSubstr("zeta"));
  EXPECT_THAT(refused("/groups/0/at_bounds", {7}), HasSubstr("no places of parameters"));
  EXPECT_THAT(refused("/groups/0/interval", "wide"),
              HasSubstr("must be one of mean, observation, conformal, not 'wide'"));
  EXPECT_THAT(refused("/groups/0/lowest", {1e7}), HasSubstr("not one an input"));
  EXPECT_THAT(refused("/groups/0/lowest", {1e12, 1e8}), HasSubstr("ends before it begins"));
  EXPECT_THAT(refused("/groups/0/lowest", {-1, 1e8}), HasSubstr("input N of point 1 is -1"));
  EXPECT_THAT(refused("/groups/0/replicates", {1, 2, 3}), HasSubstr("whole parameter vectors"));
  EXPECT_THAT(refused("/groups/0/replicates", {1, 2, "3"}),
              HasSubstr("'replicates' must be a list of numbers, not '3'"));
}

TEST_F(SavedFitTest, ACovarianceHasToFitTheLaw) {
  for (const Json& coordinate : {Json(4), Json(-1), Json(0.5), Json(1e300)})
    EXPECT_THAT(refused("/groups/0/covariance/coordinates/0", coordinate),
                HasSubstr("coordinates that the law does not have"));
  EXPECT_THAT(refused("/groups/0/covariance/coordinates", {0, 1, 2}),
              HasSubstr("no square 'matrix'"));
  EXPECT_THAT(refused("/groups/0/points/y", {1, 2, 3}), HasSubstr("not of one length"));
  EXPECT_THAT(refused("/groups/0/alternatives", {{{"parameters", {1}}, {"objective", 0}}}),
              HasSubstr("another law's parameters"));
  EXPECT_THAT(refused("/groups/0/covariance/matrix/0", -1), HasSubstr("negative"));
  EXPECT_THAT(refused("/groups/0/covariance/dof", 0),
              HasSubstr("'dof' must be a number from 1 on"));
  const Json conformal = {{"parameters", {1, 2, 3}}, {"radius", 0.1}};
  EXPECT_THAT(refused("/groups/0/conformal", conformal), HasSubstr("another law's parameters"));
}

}  // namespace
}  // namespace rung

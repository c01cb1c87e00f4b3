#include "rung/report/table/predictions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "rung/law/law.hpp"

namespace rung::table {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(DescribePredictions, SaysHowFarEachInputIsBeyondTheData) {
  GroupPredictions group;
  group.law = std::make_shared<const Law>(find_law("chinchilla"));
  group.rows = {{.inputs = {9e9, 6e12},
                 .prediction = {2.0, std::nullopt, std::nullopt},
                 .extrapolation = 23.1,
                 .beyond = {{"D", 23.1}, {"N", 6.92, true}, {"L", 1.013}}}};
  EXPECT_THAT(text_of(describe({group})), HasSubstr("23x in D, 6.9x below in N, 1.013x in L"));
  EXPECT_THAT(csv_of(describe({group})),
              HasSubstr(",23.1,\"23x in D, 6.9x below in N, 1.013x in L\",\n"));
}

TEST(DescribePredictions, WhatIsNotDeterminedHasNoNumberToRead) {
  GroupPredictions group;
  group.law = std::make_shared<const Law>(find_law("chinchilla"));
  group.rows = {{.inputs = {9e9, 6e12}, .prediction = {-5.98e15, 2.0, std::nullopt}},
                {.inputs = {9e9, 6e11}, .prediction = {2.25, 2.0, std::nullopt}}};
  group.rows[0].determined = false;
  const Document document = describe({group});
  EXPECT_THAT(text_of(document), Not(HasSubstr("e+15")));
  EXPECT_THAT(text_of(document), HasSubstr("2.250"));
  EXPECT_THAT(csv_of(document), HasSubstr("9000000000,6000000000000,2,,,"));
  const Json json = json_predictions(group);
  EXPECT_EQ(json[0]["predicted"], -5.98e15);
  EXPECT_EQ(json[0]["determined"], false);
}

}  // namespace
}  // namespace rung::table

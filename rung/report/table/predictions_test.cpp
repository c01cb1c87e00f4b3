#include "rung/report/table/predictions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/law/law.hpp"

namespace rung::table {
namespace {

using testing::HasSubstr;

TEST(DescribePredictions, SaysHowFarEachInputIsBeyondTheData) {
  GroupPredictions group;
  group.law = std::make_shared<const Law>(find_law("chinchilla"));
  group.rows = {{.inputs = {9e9, 6e12},
                 .prediction = {2.0, std::nullopt, std::nullopt},
                 .extrapolation = 23.1,
                 .beyond = {{"D", 23.1}, {"N", 6.92, true}, {"L", 1.013}}}};
  EXPECT_THAT(text_of(describe({group})), HasSubstr("23x in D, 6.9x below in N, 1.013x in L"));
  EXPECT_THAT(csv_of(describe({group})), HasSubstr(",23.1\n"));
}

}  // namespace
}  // namespace rung::table

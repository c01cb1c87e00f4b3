#include "rung/fit/loss.hpp"

#include <gtest/gtest.h>

#include "rung/core/error.hpp"

namespace rung {
namespace {

TEST(ParseLoss, EachKindWithItsParameter) {
  EXPECT_EQ(parse_loss("squared").kind, LossKind::squared);
  EXPECT_EQ(parse_loss("lad").kind, LossKind::lad);
  EXPECT_EQ(parse_loss("huber:0.01").kind, LossKind::huber);
  EXPECT_EQ(parse_loss("huber:0.01").parameter, 0.01);
  EXPECT_EQ(parse_loss("quantile:0.9").parameter, 0.9);
  EXPECT_EQ(parse_loss("asymmetric:20").parameter, 20);
}

TEST(ParseLoss, HasDefaults) {
  EXPECT_EQ(parse_loss("huber").parameter, 1e-3);
  EXPECT_EQ(parse_loss("quantile").parameter, 0.5);
  EXPECT_EQ(parse_loss("asymmetric").parameter, 10);
}

TEST(ParseLoss, ReadsBackWhatItPrints) {
  for (const char* text : {"squared", "huber:0.001", "huber:auto", "lad", "quantile:0.9",
                           "asymmetric:10", "binomial"}) {
    EXPECT_EQ(parse_loss(text).text(), text);
  }
}

TEST(ParseLoss, RefusesTheRest) {
  for (const char* text : {"", "square", "huber:", "huber:x", "huber:-1", "huber:0", "quantile:0",
                           "quantile:1", "quantile:1.5", "lad:3", "squared:1", "huber:nan"}) {
    EXPECT_THROW(parse_loss(text), InputError) << text;
  }
}

TEST(ParseResidual, ReadsBackItsNames) {
  for (const Residual residual : {Residual::raw, Residual::log, Residual::logit}) {
    EXPECT_EQ(parse_residual(residual_name(residual)), residual);
  }
  EXPECT_THROW(parse_residual("ln"), InputError);
}

}  // namespace
}  // namespace rung

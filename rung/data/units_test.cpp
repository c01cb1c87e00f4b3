#include "rung/data/units.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "tests/support/error_of.hpp"

namespace rung {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr LossUnit kUnits[] = {LossUnit::nats_per_token, LossUnit::bits_per_token,
                               LossUnit::bits_per_byte};

TEST(LossUnits, Convert) {
  // 3 nats are 3/ln 2 = 4.328 bits; at 4 bytes a token 1.082 bits per byte.
  EXPECT_NEAR(convert_loss(3, LossUnit::nats_per_token, LossUnit::bits_per_token), 4.328085, 1e-6);
  EXPECT_NEAR(convert_loss(3, LossUnit::nats_per_token, LossUnit::bits_per_byte, 4), 1.082021,
              1e-6);
  EXPECT_DOUBLE_EQ(convert_loss(1, LossUnit::bits_per_byte, LossUnit::bits_per_token, 4), 4);
  for (const LossUnit from : kUnits) {
    for (const LossUnit to : kUnits) {
      EXPECT_NEAR(convert_loss(convert_loss(2.5, from, to, 4.2), to, from, 4.2), 2.5, 1e-14);
    }
  }
}

TEST(LossUnits, BytesPerTokenMustBeKnown) {
  for (const std::optional<double> bytes : {std::optional<double>(), {0.0}, {-1.0}, {NAN}}) {
    EXPECT_THAT(error_of([&] {
                  convert_loss(3, LossUnit::nats_per_token, LossUnit::bits_per_byte, bytes);
                }),
                HasSubstr("to convert nats per token to bits per byte, the bytes per token"));
  }
  EXPECT_EQ(convert_loss(3, LossUnit::bits_per_byte, LossUnit::bits_per_byte), 3);
}

TEST(LossUnits, Words) {
  for (const LossUnit unit : kUnits) EXPECT_EQ(parse_loss_unit(to_string(unit)), unit);
  EXPECT_EQ(parse_loss_unit("BPB"), LossUnit::bits_per_byte);
  EXPECT_EQ(parse_loss_unit("bits_per_byte"), LossUnit::bits_per_byte);
  EXPECT_THAT(error_of([] { parse_loss_unit("ppl"); }),
              HasSubstr("loss unit 'ppl' is unknown (one of nats, bits, bpb"));
  EXPECT_EQ(parse_parameter_count("non_embedding"), ParameterCount::non_embedding);
  EXPECT_THAT(error_of([] { parse_parameter_count("all"); }), HasSubstr("one of total, "));
}

TEST(Parameters, BetweenConventions) {
  using enum ParameterCount;
  EXPECT_EQ(convert_params(100, total, non_embedding, 30), 70);
  EXPECT_EQ(convert_params(70, non_embedding, total, 30), 100);
  EXPECT_EQ(convert_params(100, total, active, {}, 80), 20);
  EXPECT_EQ(convert_params(70, non_embedding, active, 30, 80), 20);
  EXPECT_EQ(convert_params(20, active, non_embedding, 30, 80), 70);
  EXPECT_EQ(convert_params(100, total, total), 100);
  EXPECT_THAT(error_of([] { convert_params(100, total, non_embedding); }),
              HasSubstr("takes the embedding's"));
  EXPECT_THAT(error_of([] { convert_params(100, total, active, 30); }),
              HasSubstr("a token does not meet"));
  EXPECT_THAT(error_of([] { convert_params(100, total, non_embedding, 100); }),
              HasSubstr("non-embedding already?"));
  for (const ParameterCount count : {total, non_embedding, active})
    EXPECT_EQ(parse_parameter_count(to_string(count)), count);
}

TEST(Flops, SixNDAndAttention) {
  // Chinchilla: 70e9 parameters on 1.4e12 tokens are 5.88e23.
  EXPECT_DOUBLE_EQ(training_flops(70e9, 1.4e12), 5.88e23);
  const Attention attention{12, 768, 1024, false};
  EXPECT_DOUBLE_EQ(attention.flops_per_token(), 12.0 * 12 * 768 * 1024);
  EXPECT_DOUBLE_EQ(training_flops(85e6, 2e9, attention),
                   (6 * 85e6 + attention.flops_per_token()) * 2e9);
  EXPECT_DOUBLE_EQ((Attention{12, 768, 1024, true}.flops_per_token()),
                   attention.flops_per_token() / 2);
}

std::vector<std::string> loss_doubts(double loss, LossUnit unit) {
  const std::vector<double> values = {std::nan(""), loss, loss, 10 * loss};
  return unit_doubts({.loss = values, .loss_unit = unit});
}

TEST(UnitDoubts, Losses) {
  EXPECT_THAT(loss_doubts(0.8, LossUnit::nats_per_token),
              ElementsAre("loss has median 0.8 nats per token: is it in bits per byte?"));
  EXPECT_THAT(loss_doubts(3, LossUnit::bits_per_byte),
              ElementsAre("loss has median 3 bits per byte: is it in nats or bits per token?"));
  EXPECT_THAT(loss_doubts(20, LossUnit::nats_per_token),
              ElementsAre(HasSubstr("is it a perplexity?")));
  EXPECT_THAT(loss_doubts(9, LossUnit::bits_per_byte), ElementsAre(HasSubstr("guess among all")));
  EXPECT_THAT(loss_doubts(3, LossUnit::nats_per_token), IsEmpty());
  EXPECT_THAT(loss_doubts(4, LossUnit::bits_per_token), IsEmpty());
  EXPECT_THAT(loss_doubts(0.8, LossUnit::bits_per_byte), IsEmpty());
  EXPECT_THAT(unit_doubts({}), IsEmpty());
}

TEST(UnitDoubts, Counts) {
  const std::vector<double> n = {1e9, 2e9, 4e9};
  const std::vector<double> d = {20e9, 40e9, 80e9};
  const std::vector<double> billions = {20, 40, 80};
  const std::vector<double> c = {1.2e20, 4.8e20, 19.2e20};
  const std::vector<double> pf_days = {1.4, 5.6, 22};
  EXPECT_THAT(unit_doubts({.n_params = n, .n_tokens = d, .compute_flops = c}), IsEmpty());
  EXPECT_THAT(unit_doubts({.n_params = n, .n_tokens = billions}),
              ElementsAre("tokens has median 40: is it in millions or billions?",
                          HasSubstr("are parameters and tokens in the same unit?")));
  EXPECT_THAT(unit_doubts({.n_params = n, .n_tokens = d, .compute_flops = pf_days}),
              ElementsAre(HasSubstr("PF-days"), HasSubstr("compute over 6 N D has median")));
}

}  // namespace
}  // namespace rung

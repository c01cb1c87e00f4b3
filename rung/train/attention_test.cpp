/// Against libtorch's own operations and its own gradients, in double precision, over sequences
/// longer and shorter than what is done at once.

#include "rung/train/attention.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#include <cmath>
#include <limits>

namespace rung::train {
namespace {

using at::Tensor;

constexpr std::int64_t kSequences = 2, kWidth = 12, kHeads = 3;

Tensor wave(std::int64_t length, double pace) {
  return at::arange(kSequences * length * kWidth, at::kDouble)
      .square()
      .mul(pace)
      .sin()
      .view({kSequences, length, kWidth});
}

Tensor plain_attention(const Tensor& q, const Tensor& k, const Tensor& v,
                       const Rotation& rotation) {
  const std::int64_t length = q.size(1);
  const auto heads = [&](const Tensor& x) {
    return x.view({kSequences, length, kHeads, kWidth / kHeads}).transpose(1, 2);
  };
  const auto turned = [&](const Tensor& x) {
    const auto halves = heads(x).chunk(2, -1);
    const Tensor cosine = rotation.cosine.to(at::kDouble), sine = rotation.sine.to(at::kDouble);
    return at::cat({halves[0] * cosine - halves[1] * sine, halves[1] * cosine + halves[0] * sine},
                   -1);
  };
  const Tensor later =
      at::full({length, length}, -std::numeric_limits<double>::infinity(), at::kDouble).triu(1);
  const Tensor scores =
      at::matmul(turned(q), turned(k).transpose(-1, -2)) / std::sqrt(kWidth / kHeads);
  const Tensor mixed = at::matmul(at::softmax(scores + later, -1), heads(v));
  return mixed.transpose(1, 2).reshape({kSequences, length, kWidth});
}

double difference(const Tensor& ours, const Tensor& theirs) {
  const Tensor size = theirs.abs().max().clamp_min(1e-3);  // one token's scores have no gradient
  return ((ours.to(at::kDouble) - theirs).abs().max() / size).item<double>();
}

class AttentionOf : public ::testing::TestWithParam<std::int64_t> {};

TEST_P(AttentionOf, IsThatOfPlainOperationsAndItsGradientsToo) {
  const std::int64_t length = GetParam();
  const Tensor angles =
      at::arange(length * kWidth / kHeads / 2, at::kDouble).view({length, kWidth / kHeads / 2});
  const Rotation rotation{angles.cos().to(at::kFloat), angles.sin().to(at::kFloat)};
  std::vector<Tensor> theirs, ours;
  for (const double pace : {0.7, 0.3, 1.1}) {
    theirs.push_back(wave(length, pace).requires_grad_(true));
    ours.push_back(theirs.back().detach().to(at::kFloat).requires_grad_(true));
  }
  const Tensor out = wave(length, 0.9);
  const Tensor expected = plain_attention(theirs[0], theirs[1], theirs[2], rotation);
  const Tensor mixed = rotary_attention(ours[0], ours[1], ours[2], rotation, kHeads);
  EXPECT_LT(difference(mixed, expected), 2e-6);
  torch::autograd::backward({expected}, {out});
  torch::autograd::backward({mixed}, {out.to(at::kFloat)});
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_LT(difference(ours[i].grad(), theirs[i].grad()), 5e-6) << "qkv"[i];
}

INSTANTIATE_TEST_SUITE_P(Lengths, AttentionOf, ::testing::Values(1, 5, 128, 129, 300));

}  // namespace
}  // namespace rung::train

/// Decoding of models whose answers can be counted out.

#include "rung/lm/generate/decode.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "rung/core/rng.hpp"

namespace rung::lm {
namespace {

/// Each token's logits are drawn anew for each text before it.
class DrawnModel final : public Continuations {
 public:
  explicit DrawnModel(std::size_t n_vocabulary, double spread = 2)
      : n_vocabulary_(n_vocabulary), spread_(spread) {}

  std::size_t n_vocabulary() const override { return n_vocabulary_; }
  std::vector<float> begin(std::span<const Token> prompt) override {
    texts_ = {{prompt.begin(), prompt.end()}};
    return logits_of(texts_[0]);
  }
  std::vector<float> go_on(const std::vector<std::size_t>& parents,
                           const std::vector<Token>& tokens) override {
    std::vector<std::vector<Token>> next;
    std::vector<float> logits;
    for (std::size_t i = 0; i < parents.size(); ++i) {
      next.push_back(texts_[parents[i]]);
      next.back().push_back(tokens[i]);
      for (const float logit : logits_of(next.back())) logits.push_back(logit);
    }
    texts_ = std::move(next);
    return logits;
  }

  std::vector<float> logits_of(const std::vector<Token>& text) const {
    std::uint64_t place = 1;
    for (const Token token : text) place = place * 31 + static_cast<std::uint64_t>(token);
    Rng rng(7, place);
    std::vector<float> logits;
    for (std::size_t v = 0; v < n_vocabulary_; ++v)
      logits.push_back(static_cast<float>(spread_ * rng.normal()));
    return logits;
  }
  double log_likelihood(std::vector<Token> text, const std::vector<Token>& added) const {
    double sum = 0;
    for (const Token token : added) {
      double all = 0;
      const std::vector<float> logits = logits_of(text);
      for (const float logit : logits) all += std::exp(static_cast<double>(logit));
      sum += static_cast<double>(logits[static_cast<std::size_t>(token)]) - std::log(all);
      text.push_back(token);
    }
    return sum;
  }

 private:
  std::size_t n_vocabulary_;
  double spread_;
  std::vector<std::vector<Token>> texts_;
};

const std::vector<Token> kPrompt = {2, 1};

/// The likeliest of all texts of `n` tokens.
std::vector<Token> by_brute_force(const DrawnModel& model, std::size_t n) {
  std::vector<Token> best, text(n, 0);
  double most = -1e300;
  while (true) {
    if (const double score = model.log_likelihood(kPrompt, text); score > most) {
      most = score;
      best = text;
    }
    std::size_t i = 0;
    while (i < n && ++text[i] == static_cast<Token>(model.n_vocabulary())) text[i++] = 0;
    if (i == n) return best;
  }
}

TEST(Decode, GreedyTakesTheLikeliestEachTime) {
  DrawnModel model(5);
  std::vector<Token> text = kPrompt, expected;
  for (int i = 0; i < 6; ++i) {
    const std::vector<float> logits = model.logits_of(text);
    expected.push_back(
        static_cast<Token>(std::max_element(logits.begin(), logits.end()) - logits.begin()));
    text.push_back(expected.back());
  }
  EXPECT_EQ(decode(model, kPrompt, {.most_tokens = 6, .temperature = 0, .n_beams = 1}), expected);
  const auto cut = decode(model, kPrompt,
                          {.most_tokens = 6, .temperature = 0, .n_beams = 1, .end = expected[2]});
  EXPECT_EQ(cut.back(), expected[2]);
  EXPECT_LE(cut.size(), 3u);
}

TEST(Decode, EnoughBeamsFindTheLikeliestTextOfAll) {
  for (const std::size_t n_vocabulary : {2u, 3u, 4u}) {
    DrawnModel model(n_vocabulary);
    const auto found =
        decode(model, kPrompt, {.most_tokens = 5, .temperature = 0, .n_beams = 1024});
    EXPECT_EQ(found, by_brute_force(model, 5)) << n_vocabulary;
  }
}

TEST(Decode, FewBeamsKeepTheBestPrefixes) {
  DrawnModel model(4);
  // By the definition, over whole texts.
  std::vector<std::vector<Token>> beams = {{}};
  for (int i = 0; i < 6; ++i) {
    std::vector<std::pair<double, std::vector<Token>>> all;
    for (const std::vector<Token>& beam : beams) {
      for (Token v = 0; v < 4; ++v) {
        std::vector<Token> longer = beam;
        longer.push_back(v);
        all.emplace_back(-model.log_likelihood(kPrompt, longer), longer);
      }
    }
    std::sort(all.begin(), all.end());
    beams.clear();
    for (std::size_t b = 0; b < 3 && b < all.size(); ++b) beams.push_back(all[b].second);
  }
  EXPECT_EQ(decode(model, kPrompt, {.most_tokens = 6, .temperature = 0, .n_beams = 3}), beams[0]);
}

/// How often each token comes first.
std::map<Token, double> shares(DrawnModel& model, DecodeOptions options, int n = 4000) {
  std::map<Token, double> counts;
  options.most_tokens = 1;
  for (int seed = 0; seed < n; ++seed) {
    options.seed = static_cast<std::uint64_t>(seed);
    counts[decode(model, kPrompt, options).front()] += 1.0 / n;
  }
  return counts;
}

TEST(Decode, DrawsByTheLikelihoodsAtTheTemperature) {
  DrawnModel model(6, 1);
  const std::vector<float> logits = model.logits_of(kPrompt);
  double all = 0;
  for (const float logit : logits) all += std::exp(static_cast<double>(logit) / 0.8);
  auto drawn = shares(model, {.temperature = 0.8, .top_p = 1, .top_k = 0, .n_beams = 1});
  for (std::size_t v = 0; v < 6; ++v)  // four standard errors
    EXPECT_NEAR(drawn[static_cast<Token>(v)], std::exp(static_cast<double>(logits[v]) / 0.8) / all,
                0.032);
}

TEST(Decode, TopKAndTopPLeaveOnlyTheLikeliest) {
  DrawnModel model(6, 1);
  EXPECT_EQ(shares(model, {.top_p = 1, .top_k = 2, .n_beams = 1}, 300).size(), 2u);
  EXPECT_EQ(shares(model, {.top_p = 1e-9, .top_k = 0, .n_beams = 1}, 300).size(), 1u);
  // As many as make up the share.
  std::vector<double> likelihoods;
  for (Token v = 0; v < 6; ++v) likelihoods.push_back(std::exp(model.log_likelihood(kPrompt, {v})));
  std::sort(likelihoods.rbegin(), likelihoods.rend());
  const double two = likelihoods[0] + likelihoods[1];
  DecodeOptions options{.temperature = 1, .top_p = two - 1e-6, .top_k = 0, .n_beams = 1};
  EXPECT_EQ(shares(model, options, 600).size(), 2u);
  options.top_p = two + 0.01;
  EXPECT_EQ(shares(model, options, 600).size(), 3u);
}

TEST(Decode, DrawnBeamsAreDecidedByTheSeed) {
  DrawnModel model(40, 0.5);
  const DecodeOptions options{.most_tokens = 12, .seed = 3};
  const auto first = decode(model, kPrompt, options);
  EXPECT_EQ(first.size(), 12u);
  EXPECT_EQ(decode(model, kPrompt, options), first);
  DecodeOptions other = options;
  int n_different = 0;
  for (other.seed = 4; other.seed < 8; ++other.seed)
    n_different += decode(model, kPrompt, other) != first;
  EXPECT_GT(n_different, 0);
}

}  // namespace
}  // namespace rung::lm

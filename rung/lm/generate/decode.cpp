#include "rung/lm/generate/decode.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "rung/core/numbers.hpp"
#include "rung/core/rng.hpp"

namespace rung::lm {
namespace {

/// What may come next, and what it scores.
struct Candidate {
  double score = 0;
  std::size_t parent = 0;
  Token token = 0;
};

bool is_better(const Candidate& a, const Candidate& b) {
  if (a.score != b.score) return a.score > b.score;
  return std::pair(a.parent, a.token) < std::pair(b.parent, b.token);
}

/// The best `n`, best first.
void keep_best(std::vector<Candidate>& candidates, std::size_t n) {
  n = std::min(n, candidates.size());
  std::partial_sort(candidates.begin(), candidates.begin() + static_cast<long>(n), candidates.end(),
                    is_better);
  candidates.resize(n);
}

double log_sum(const std::vector<Candidate>& candidates) {
  double most = -kInfinity, sum = 0;
  for (const Candidate& each : candidates) most = std::max(most, each.score);
  for (const Candidate& each : candidates) sum += std::exp(each.score - most);
  return most + std::log(sum);
}

/// Every token by its log-likelihood.
std::vector<Candidate> log_likelihoods(std::span<const float> logits, std::size_t parent) {
  std::vector<Candidate> candidates;
  candidates.reserve(logits.size());
  for (std::size_t v = 0; v < logits.size(); ++v)
    candidates.push_back({static_cast<double>(logits[v]), parent, static_cast<Token>(v)});
  const double all = log_sum(candidates);
  for (Candidate& each : candidates) each.score -= all;
  return candidates;
}

class Decoder {
 public:
  Decoder(Continuations& model, const DecodeOptions& options)
      : model_(model), options_(options), rng_(options.seed) {}

  std::vector<Token> alone(std::span<const Token> prompt) {
    std::vector<Token> added;
    std::vector<float> logits = model_.begin(prompt);
    while (added.size() < options_.most_tokens) {
      std::vector<Candidate> candidates = log_likelihoods(logits, 0);
      if (draws()) {
        narrow(candidates);
        draw(candidates, 1);
      } else {
        keep_best(candidates, 1);
      }
      added.push_back(candidates.front().token);
      if (added.back() == options_.end || added.size() == options_.most_tokens) break;
      logits = model_.go_on({0}, {added.back()});
    }
    return added;
  }

  std::vector<Token> by_beams(std::span<const Token> prompt) {
    std::vector<Beam> beams(1);
    std::vector<float> logits = model_.begin(prompt);
    for (std::size_t i = 0; i < options_.most_tokens; ++i) {
      const std::vector<Candidate> chosen = next_beams(beams, logits);
      std::vector<Beam> next;
      std::vector<std::size_t> parents;
      std::vector<Token> tokens;
      for (const Candidate& each : chosen) {
        next.push_back({each.score, beams[each.parent].tokens});
        next.back().tokens.push_back(each.token);
        parents.push_back(each.parent);
        tokens.push_back(each.token);
      }
      beams = std::move(next);
      if (i + 1 < options_.most_tokens) logits = model_.go_on(parents, tokens);
    }
    return beams.front().tokens;
  }

 private:
  struct Beam {
    double score = 0;  // of all its tokens
    std::vector<Token> tokens;
  };

  bool draws() const { return options_.temperature > 0; }

  std::vector<Candidate> next_beams(const std::vector<Beam>& beams,
                                    const std::vector<float>& logits) {
    const std::size_t n_vocabulary = model_.n_vocabulary();
    std::vector<Candidate> all;
    for (std::size_t b = 0; b < beams.size(); ++b) {
      std::vector<Candidate> candidates =
          log_likelihoods(std::span(logits).subspan(b * n_vocabulary, n_vocabulary), b);
      if (draws()) {
        narrow(candidates);
      } else {
        keep_best(candidates, options_.n_beams);
      }
      for (Candidate& each : candidates) each.score += beams[b].score;
      all.insert(all.end(), candidates.begin(), candidates.end());
    }
    // Twice as many are drawn as are kept: there they also make room for texts that end.
    if (draws()) draw(all, 2 * options_.n_beams);
    keep_best(all, options_.n_beams);
    return all;
  }

  /// Leaves those that may be drawn, by temperature, top-k and top-p.
  void narrow(std::vector<Candidate>& candidates) const {
    for (Candidate& each : candidates) each.score /= options_.temperature;
    const std::size_t least = options_.n_beams > 1 ? 2 : 1;
    const std::size_t n = options_.top_k == 0 ? candidates.size() : std::max(options_.top_k, least);
    keep_best(candidates, n);
    if (options_.top_p >= 1) return;
    const double all = log_sum(candidates);
    double share = 0;
    std::size_t n_kept = 0;
    while (n_kept < candidates.size() && (n_kept < least || share < options_.top_p))
      share += std::exp(candidates[n_kept++].score - all);
    candidates.resize(n_kept);
  }

  /// Leaves `n`, drawn without putting back by their likelihoods: those of the highest sums of
  /// score and Gumbel noise.
  void draw(std::vector<Candidate>& candidates, std::size_t n) {
    if (candidates.size() <= n) return;
    std::vector<std::pair<double, std::size_t>> keys;
    for (std::size_t i = 0; i < candidates.size(); ++i)
      keys.emplace_back(candidates[i].score - std::log(-std::log1p(-rng_.uniform())), i);
    std::partial_sort(keys.begin(), keys.begin() + static_cast<long>(n), keys.end(),
                      std::greater<>());
    std::vector<Candidate> drawn;
    for (std::size_t i = 0; i < n; ++i) drawn.push_back(candidates[keys[i].second]);
    candidates = std::move(drawn);
  }

  Continuations& model_;
  const DecodeOptions& options_;
  Rng rng_;
};

}  // namespace

std::vector<Token> decode(Continuations& model, std::span<const Token> prompt,
                          const DecodeOptions& options) {
  if (options.most_tokens == 0) return {};
  Decoder decoder(model, options);
  return options.n_beams == 1 ? decoder.alone(prompt) : decoder.by_beams(prompt);
}

}  // namespace rung::lm

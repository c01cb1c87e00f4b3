#include "rung/lm/tokenizer/byte_pairs.hpp"

#include <queue>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rung/core/error.hpp"

namespace rung::lm {
namespace {

constexpr std::size_t kBytesAndEnd = 257;

using Pair = std::pair<Token, Token>;

struct PairHash {
  std::size_t operator()(const Pair& pair) const {
    const auto key = std::uint64_t{static_cast<std::uint32_t>(pair.first)} << 32 |
                     static_cast<std::uint32_t>(pair.second);
    return static_cast<std::size_t>(key * 0x9e3779b97f4a7c15ULL >> 7);
  }
};

struct Piece {
  std::vector<Token> tokens;
  std::int64_t count = 0;
};

/// A pair as frequent as it was when this was written down.
struct Frequent {
  std::int64_t count = 0;
  Pair pair;

  bool operator<(const Frequent& other) const {
    return count != other.count ? count < other.count : pair > other.pair;
  }
};

class Learner {
 public:
  explicit Learner(const PieceCounts& pieces) {
    for (const auto& [text, count] : pieces.counts()) {
      Piece piece{.count = static_cast<std::int64_t>(count)};
      for (const char c : text) piece.tokens.push_back(static_cast<unsigned char>(c) + 1);
      pieces_.push_back(std::move(piece));
    }
    for (std::size_t i = 0; i < pieces_.size(); ++i) count_pairs(i, 1);
    for (const auto& [pair, count] : counts_) queue_.push({count, pair});
  }

  /// Absent where no pair occurs twice.
  std::optional<Pair> most_frequent() {
    while (!queue_.empty()) {
      const Frequent best = queue_.top();
      queue_.pop();
      const std::int64_t now = counts_[best.pair];
      if (now == best.count && now >= 2) return best.pair;
      if (now >= 2) queue_.push({now, best.pair});
    }
    return std::nullopt;
  }

  void merge(const Pair& pair, Token merged) {
    std::vector<std::size_t> places;
    std::swap(places, places_[pair]);
    std::size_t last = static_cast<std::size_t>(-1);
    for (const std::size_t i : places) {
      if (i == last) continue;  // it stands there for each time that the pair does
      last = i;
      count_pairs(i, -1);
      replace(pieces_[i].tokens, pair, merged);
      count_pairs(i, 1);
      const std::vector<Token>& tokens = pieces_[i].tokens;
      for (std::size_t t = 1; t < tokens.size(); ++t) {
        const Pair next{tokens[t - 1], tokens[t]};
        if (next.first == merged || next.second == merged) changed_.push_back(next);
      }
    }
    for (const Pair& next : changed_) queue_.push({counts_[next], next});
    changed_.clear();
  }

 private:
  void count_pairs(std::size_t i, int sign) {
    const Piece& piece = pieces_[i];
    for (std::size_t t = 1; t < piece.tokens.size(); ++t) {
      const Pair pair{piece.tokens[t - 1], piece.tokens[t]};
      counts_[pair] += sign * piece.count;
      if (sign > 0) places_[pair].push_back(i);
    }
  }

  static void replace(std::vector<Token>& tokens, const Pair& pair, Token merged) {
    std::size_t to = 0;
    for (std::size_t from = 0; from < tokens.size(); ++from, ++to) {
      const bool joins =
          from + 1 < tokens.size() && tokens[from] == pair.first && tokens[from + 1] == pair.second;
      tokens[to] = joins ? merged : tokens[from];
      from += joins;
    }
    tokens.resize(to);
  }

  std::vector<Piece> pieces_;
  std::unordered_map<Pair, std::int64_t, PairHash> counts_;
  std::unordered_map<Pair, std::vector<std::size_t>, PairHash> places_;  // pieces that have it
  std::priority_queue<Frequent> queue_;
  std::vector<Pair> changed_;
};

}  // namespace

void PieceCounts::add(std::string_view text) {
  splitter_.split(text, [&](std::string_view piece) { ++counts_[std::string(piece)]; });
}

Vocabulary learn_byte_pairs(const PieceCounts& pieces, std::size_t vocab_size) {
  if (vocab_size < kBytesAndEnd)
    throw InputError("--vocab-size: " + std::to_string(vocab_size) + " is below 257",
                     "256 bytes and the end of a text");
  Vocabulary vocabulary{.tokens = {kEndOfText}, .special = {{kEndOfText, 0}}};
  vocabulary.pattern = pieces.pattern();
  for (int byte = 0; byte < 256; ++byte) vocabulary.tokens.emplace_back(1, static_cast<char>(byte));
  Learner learner(pieces);
  while (vocabulary.tokens.size() < vocab_size) {
    const std::optional<Pair> pair = learner.most_frequent();
    if (!pair) break;
    const auto merged = static_cast<Token>(vocabulary.tokens.size());
    vocabulary.tokens.push_back(vocabulary.tokens[static_cast<std::size_t>(pair->first)] +
                                vocabulary.tokens[static_cast<std::size_t>(pair->second)]);
    vocabulary.merges.push_back({pair->first, pair->second, merged});
    learner.merge(*pair, merged);
  }
  return vocabulary;
}

}  // namespace rung::lm

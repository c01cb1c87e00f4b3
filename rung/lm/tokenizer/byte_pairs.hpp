#pragma once
/// Learning a vocabulary: the most frequent pair becomes a token, again and again
/// (Sennrich et al. 2016, arXiv:1508.07909).

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "rung/lm/tokenizer/tokenizer.hpp"

namespace rung::lm {

/// How often each piece of the texts occurs.
class PieceCounts {
 public:
  explicit PieceCounts(const std::string& pattern) : splitter_(pattern) {}

  void add(std::string_view text);
  const std::map<std::string, std::size_t>& counts() const { return counts_; }
  const std::string& pattern() const { return splitter_.pattern(); }

 private:
  Splitter splitter_;
  std::map<std::string, std::size_t> counts_;
};

/// Token 0 ends a text, 1 to 256 are the bytes, the others are learnt: so many that there are
/// `vocab_size` in all, or fewer where no pair occurs twice. Of pairs that are as frequent the one
/// of lower tokens comes first, so that the same texts make the same vocabulary. InputError for
/// less than 257.
Vocabulary learn_byte_pairs(const PieceCounts& pieces, std::size_t vocab_size);

}  // namespace rung::lm

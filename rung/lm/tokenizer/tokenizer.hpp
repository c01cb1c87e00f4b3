#pragma once
/// Byte-level byte-pair encoding: any bytes to tokens and back to the same bytes.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rung/lm/network.hpp"
#include "rung/lm/tokenizer/split.hpp"

namespace rung::lm {

/// Which tokens become one, best first.
struct Merge {
  Token left = 0, right = 0, merged = 0;
};

/// What a tokenizer is made of.
struct Vocabulary {
  std::vector<std::string> tokens;       // the bytes of each; "" where there is none
  std::vector<Merge> merges;             // by rank
  std::map<std::string, Token> special;  // "<|endoftext|>": never made from text
  std::string pattern = kGpt2Pattern;
  bool takes_whole_pieces = false;  // a piece that is a token is that one, without merging
  bool adds_prefix_space = false;   // before a text that begins without one
};

inline constexpr const char* kEndOfText = "<|endoftext|>";

class Tokenizer {
 public:
  /// InputError where a byte has no token of its own, or the pattern is none.
  /// `source`: where it was read from, for errors.
  explicit Tokenizer(Vocabulary vocabulary, const std::string& source = "");

  /// Not for several threads at once: pieces are remembered.
  std::vector<Token> encode(std::string_view text);
  /// Special tokens come back as their names. InputError for a token that there is not.
  std::string decode(const std::vector<Token>& tokens) const;

  std::size_t size() const { return vocabulary_.tokens.size(); }
  /// Of <|endoftext|>; absent where there is none.
  std::optional<Token> end_of_text() const;
  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  struct Ranked {
    std::uint32_t rank = 0;
    Token merged = 0;
  };

  std::vector<Token> merge_piece(std::string_view piece) const;

  Vocabulary vocabulary_;
  Splitter splitter_;
  Token of_byte_[256] = {};
  std::unordered_map<std::uint64_t, Ranked> merges_;  // by the pair
  std::unordered_map<std::string, Token> whole_;      // where pieces are taken whole
  std::unordered_map<std::string, std::vector<Token>> known_;
};

}  // namespace rung::lm

#include "rung/lm/tokenizer/tokenizer.hpp"

#include <functional>
#include <queue>

#include "rung/core/error.hpp"

namespace rung::lm {
namespace {

constexpr std::size_t kMostKnownPieces = 1 << 20;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

std::uint64_t pair_key(Token left, Token right) {
  return std::uint64_t{static_cast<std::uint32_t>(left)} << 32 | static_cast<std::uint32_t>(right);
}

/// Tokens in a row of which neighbours are joined.
struct Link {
  Token token = 0;
  std::size_t before = kNone, after = kNone;
  bool gone = false;
};

/// A merge that may be made; out of date where its links have changed.
struct Candidate {
  std::uint32_t rank = 0;
  std::size_t left = 0;
  Token left_token = 0, right_token = 0, merged = 0;

  bool operator>(const Candidate& other) const {
    return rank != other.rank ? rank > other.rank : left > other.left;
  }
};

}  // namespace

Tokenizer::Tokenizer(Vocabulary vocabulary, const std::string& source)
    : vocabulary_(std::move(vocabulary)), splitter_(vocabulary_.pattern) {
  std::fill(std::begin(of_byte_), std::end(of_byte_), Token{-1});
  for (std::size_t i = 0; i < vocabulary_.tokens.size(); ++i) {
    const std::string& bytes = vocabulary_.tokens[i];
    const auto token = static_cast<Token>(i);
    if (bytes.size() == 1 && !vocabulary_.special.contains(bytes))
      of_byte_[static_cast<unsigned char>(bytes[0])] = token;
    if (vocabulary_.takes_whole_pieces && !vocabulary_.special.contains(bytes))
      whole_.emplace(bytes, token);
  }
  for (int byte = 0; byte < 256; ++byte) {
    if (of_byte_[byte] < 0)
      throw InputError(Location{source},
                       "the tokenizer has no token for byte " + std::to_string(byte),
                       "only byte-level byte-pair encodings are read");
  }
  std::uint32_t rank = 0;
  for (const Merge& merge : vocabulary_.merges)
    merges_.emplace(pair_key(merge.left, merge.right), Ranked{rank++, merge.merged});
}

std::optional<Token> Tokenizer::end_of_text() const {
  const auto found = vocabulary_.special.find(kEndOfText);
  return found == vocabulary_.special.end() ? std::nullopt : std::optional(found->second);
}

std::vector<Token> Tokenizer::merge_piece(std::string_view piece) const {
  if (const auto whole = whole_.find(std::string(piece)); whole != whole_.end())
    return {whole->second};
  std::vector<Link> links(piece.size());
  for (std::size_t i = 0; i < piece.size(); ++i)
    links[i] = {of_byte_[static_cast<unsigned char>(piece[i])], i == 0 ? kNone : i - 1,
                i + 1 == piece.size() ? kNone : i + 1, false};
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> candidates;
  const auto consider = [&](std::size_t left) {
    if (left == kNone || links[left].after == kNone) return;
    const Token a = links[left].token, b = links[links[left].after].token;
    if (const auto found = merges_.find(pair_key(a, b)); found != merges_.end())
      candidates.push({found->second.rank, left, a, b, found->second.merged});
  };
  for (std::size_t i = 0; i < links.size(); ++i) consider(i);
  while (!candidates.empty()) {
    const Candidate best = candidates.top();
    candidates.pop();
    Link& left = links[best.left];
    if (left.gone || left.token != best.left_token || left.after == kNone ||
        links[left.after].token != best.right_token)
      continue;
    Link& right = links[left.after];
    right.gone = true;
    left.token = best.merged;
    left.after = right.after;
    if (left.after != kNone) links[left.after].before = best.left;
    consider(left.before);
    consider(best.left);
  }
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < links.size(); i = links[i].after) {
    tokens.push_back(links[i].token);
    if (links[i].after == kNone) break;
  }
  return tokens;
}

std::vector<Token> Tokenizer::encode(std::string_view text) {
  std::vector<Token> tokens;
  std::string with_space;
  if (vocabulary_.adds_prefix_space && !text.empty() && text[0] != ' ') {
    with_space = " " + std::string(text);
    text = with_space;
  }
  splitter_.split(text, [&](std::string_view piece) {
    auto found = known_.find(std::string(piece));
    if (found == known_.end()) {
      if (known_.size() >= kMostKnownPieces) known_.clear();
      found = known_.emplace(std::string(piece), merge_piece(piece)).first;
    }
    tokens.insert(tokens.end(), found->second.begin(), found->second.end());
  });
  return tokens;
}

std::string Tokenizer::decode(const std::vector<Token>& tokens) const {
  std::string text;
  for (const Token token : tokens) {
    if (token < 0 || static_cast<std::size_t>(token) >= vocabulary_.tokens.size())
      throw InputError("the tokenizer has no token " + std::to_string(token));
    text += vocabulary_.tokens[static_cast<std::size_t>(token)];
  }
  return text;
}

}  // namespace rung::lm

#include "rung/lm/token_file.hpp"

#include "rung/core/error.hpp"

namespace rung::lm {

std::size_t width_of(TokenType type) { return type == TokenType::uint16 ? 2 : 4; }

TokenType token_type_for(std::size_t vocab_size) {
  return vocab_size <= 65536 ? TokenType::uint16 : TokenType::uint32;
}

TokenFile::TokenFile(const std::filesystem::path& path, TokenType type)
    : name_(path.string()), type_(type), file_(path) {
  if (file_.content().size() % width_of(type) != 0)
    throw InputError(Location{name_},
                     "its size is no multiple of " + std::to_string(width_of(type)) + " bytes",
                     "is dtype right, and the file whole?");
}

Token TokenFile::at(std::size_t i) const {
  const std::size_t width = width_of(type_);
  std::uint32_t token = 0;
  for (std::size_t byte = width; byte > 0; --byte) {
    const auto next = static_cast<unsigned char>(file_.content()[i * width + byte - 1]);
    token = token << 8 | next;
  }
  return static_cast<Token>(token);
}

void TokenFile::check(std::size_t begin, std::size_t n, std::size_t vocab_size) const {
  for (std::size_t i = begin; i < begin + n; ++i) {
    const Token token = at(i);
    if (token < 0 || static_cast<std::size_t>(token) >= vocab_size)
      throw InputError(Location{name_},
                       "token " + std::to_string(i) + " is " +
                           std::to_string(static_cast<std::uint32_t>(token)) +
                           ", not below the vocabulary's " + std::to_string(vocab_size),
                       "is dtype right, and is it this tokenizer's file?");
  }
}

void TokenFile::read(std::size_t begin, std::size_t n, std::size_t vocab_size,
                     std::vector<Token>& to) const {
  check(begin, n, vocab_size);
  for (std::size_t i = begin; i < begin + n; ++i) to.push_back(at(i));
}

std::string token_bytes(std::span<const Token> tokens, TokenType type) {
  const std::size_t width = width_of(type);
  std::string bytes;
  bytes.reserve(tokens.size() * width);
  for (const Token token : tokens) {
    for (std::size_t byte = 0; byte < width; ++byte)
      bytes += static_cast<char>(static_cast<std::uint32_t>(token) >> (8 * byte) & 0xff);
  }
  return bytes;
}

}  // namespace rung::lm

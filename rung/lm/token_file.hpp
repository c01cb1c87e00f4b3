#pragma once
/// Tokens one after the other as uint16 or uint32, little-endian, without a header: the
/// memory-mapped files that OLMo reads.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rung/lm/network.hpp"
#include "rung/system/mapped_file.hpp"

namespace rung::lm {

enum class TokenType { uint16, uint32 };

/// Bytes of a token.
std::size_t width_of(TokenType type);
/// The narrowest that holds every token below `vocab_size`.
TokenType token_type_for(std::size_t vocab_size);

class TokenFile {
 public:
  /// InputError where it can't be read, or holds no whole number of tokens.
  TokenFile(const std::filesystem::path& path, TokenType type);

  const std::string& name() const { return name_; }
  std::size_t n_tokens() const { return file_.content().size() / width_of(type_); }
  Token at(std::size_t i) const;
  /// The file as it stands.
  std::string_view bytes() const { return file_.content(); }
  /// InputError, with the place, where one of these is not below `vocab_size`.
  void check(std::size_t begin, std::size_t n, std::size_t vocab_size) const;
  /// Appends them, after the same check.
  void read(std::size_t begin, std::size_t n, std::size_t vocab_size, std::vector<Token>& to) const;

 private:
  std::string name_;
  TokenType type_;
  MappedFile file_;
};

/// The bytes of such a file.
std::string token_bytes(std::span<const Token> tokens, TokenType type);

}  // namespace rung::lm

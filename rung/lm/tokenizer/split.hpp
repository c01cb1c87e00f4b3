#pragma once
/// Text into the pieces within which byte pairs are merged.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace rung::lm {

/// Patterns of known tokenizers, in the words of their publications.
inline constexpr const char* kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
inline constexpr const char* kCl100kPattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";

/// A regular expression whose matches, and what lies between them, are the pieces. Any bytes may
/// come in: what is no UTF-8 lies between matches. Together the pieces are the text.
class Splitter {
 public:
  /// InputError where it is no regular expression.
  explicit Splitter(const std::string& pattern);
  ~Splitter();
  Splitter(Splitter&&) noexcept;
  Splitter& operator=(Splitter&&) noexcept;

  const std::string& pattern() const { return pattern_; }
  void split(std::string_view text, const std::function<void(std::string_view)>& piece) const;

 private:
  struct Compiled;
  std::string pattern_;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace rung::lm

#pragma once
/// What a fuzz target tries on one text. All of it on each would be several times slower; the
/// fuzzer's next text is much like this one and has another turn.

#include <cstddef>
#include <string_view>

namespace fuzz {

/// Set by the replay of a corpus, which tries everything on each text.
inline int g_turn = -1;

/// Which of `n` to try: by the text itself, so that what was found is found again.
inline std::size_t turn_of(std::string_view text, std::size_t n) {
  if (g_turn >= 0) return static_cast<std::size_t>(g_turn) % n;
  std::size_t hash = 14695981039346656037u;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return (hash >> 20) % n;
}

/// No target has more.
inline constexpr int kMostTurns = 6;

}  // namespace fuzz

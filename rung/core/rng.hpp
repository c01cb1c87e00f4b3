#pragma once
/// Random numbers that are the same on every machine, compiler and number of threads.

#include <cstdint>

namespace rung {

/// xoshiro256++ (Blackman and Vigna 2019, arXiv:1805.01407), seeded through splitmix64. A stream is
/// named by (seed, stream): replicate i of a bootstrap draws from Rng(seed, i) whichever thread
/// runs it.
class Rng {
 public:
  explicit Rng(std::uint64_t seed, std::uint64_t stream = 0);

  std::uint64_t bits();

  /// Uniform in [0, 1), 53 bits.
  double uniform();

  /// Uniform in {0, …, n - 1}; n > 0 and below 2^32. The bias, at most n / 2^64, is far below what
  /// anyone can see.
  std::uint32_t below(std::uint32_t n);

  /// Standard normal (Box-Muller, both halves used).
  double normal();

 private:
  std::uint64_t state_[4];
  double spare_normal_ = 0;
  bool has_spare_ = false;
};

}  // namespace rung

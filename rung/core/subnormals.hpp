#pragma once
/// Numbers too small for a double's full precision.

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace rung {

/// While it lives, numbers below 2.2e-308 are zero on this thread, where the processor can do that.
/// The tails of exponentials are full of them, they change no sum, and arithmetic on them is up to
/// a hundred times slower.
class FlushSubnormals {
 public:
#if defined(__SSE2__)
  FlushSubnormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | kFlushResults | kZeroOperands); }
  ~FlushSubnormals() { _mm_setcsr(before_); }

 private:
  static constexpr unsigned kFlushResults = 0x8000, kZeroOperands = 0x0040;
  unsigned before_;

 public:
#else
  FlushSubnormals() = default;
#endif
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;
};

}  // namespace rung

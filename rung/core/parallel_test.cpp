#include "rung/core/parallel.hpp"

#include <gmock/gmock.h>

#include <stdexcept>
#include <vector>

namespace rung {
namespace {

TEST(ParallelFor, CallsEachOnce) {
  for (const int n_threads : {0, 1, 2, 7}) {
    for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{1000}}) {
      std::vector<int> calls(n);
      parallel_for(n, n_threads, [&](std::size_t i) { ++calls[i]; });
      EXPECT_THAT(calls, testing::Each(1)) << n_threads << " threads";
    }
  }
}

TEST(ParallelFor, RethrowsWhatABodyThrows) {
  for (const int n_threads : {1, 3}) {
    EXPECT_THROW(parallel_for(100, n_threads,
                              [](std::size_t i) {
                                if (i == 42) throw std::runtime_error("42");
                              }),
                 std::runtime_error);
  }
}

TEST(AvailableThreads, IsPositive) { EXPECT_GE(available_threads(), 1); }

}  // namespace
}  // namespace rung

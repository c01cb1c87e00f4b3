#include "rung/core/parallel.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
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

TEST(ParallelFor, InsideABodySharesTheThreads) {
  for (const int n_threads : {1, 2, 5}) {
    std::vector<std::vector<int>> calls(9, std::vector<int>(40));
    std::mutex mutex;
    std::set<std::thread::id> threads;
    parallel_for(calls.size(), n_threads, [&](std::size_t i) {
      parallel_for(calls[i].size(), n_threads, [&](std::size_t k) {
        parallel_for(3, n_threads, [&](std::size_t) {
          const std::lock_guard lock(mutex);
          ++calls[i][k];
          threads.insert(std::this_thread::get_id());
        });
      });
    });
    EXPECT_THAT(calls, testing::Each(testing::Each(3))) << n_threads << " threads";
    EXPECT_LE(threads.size(), static_cast<std::size_t>(n_threads));
  }
}

// The first body can end only when the other thread has taken the second half of its inner loop.
TEST(ParallelFor, AThreadWithNothingLeftHelpsInsideAnothersBody) {
  std::atomic<int> n_met = 0;
  parallel_for(2, 2, [&](std::size_t i) {
    if (i == 1) return;
    parallel_for(2, 2, [&](std::size_t) {
      ++n_met;
      while (n_met < 2) std::this_thread::yield();
    });
  });
  EXPECT_EQ(n_met, 2);
}

TEST(ParallelFor, RethrowsFromAnInnerLoop) {
  EXPECT_THROW(parallel_for(4, 2,
                            [](std::size_t i) {
                              parallel_for(4, 2, [i](std::size_t k) {
                                if (i == 2 && k == 3) throw std::runtime_error("2, 3");
                              });
                            }),
               std::runtime_error);
  int calls = 0;  // and leaves nothing behind
  parallel_for(1, 2, [&](std::size_t) { ++calls; });
  EXPECT_EQ(calls, 1);
}

TEST(AvailableThreads, IsPositive) { EXPECT_GE(available_threads(), 1); }

}  // namespace
}  // namespace rung

#include "rung/core/parallel.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
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

TEST(ParallelFor, StopsBetweenStepsWhenCancelled) {
  for (const int n_threads : {1, 3}) {
    Cancellation cancellation;
    const Watch watch{&cancellation, nullptr};
    const Watched watched(watch);
    std::atomic<int> n_steps = 0;
    const auto step = [&](std::size_t i) {
      ++n_steps;
      if (i == 5) cancellation.request();
    };
    EXPECT_THROW(parallel_for(1'000'000, n_threads, step), Cancelled);
    EXPECT_GE(n_steps, 1);
    EXPECT_LT(n_steps, 1'000'000);
    EXPECT_THROW(check_cancelled(), Cancelled);
  }
  EXPECT_NO_THROW(check_cancelled());  // the watch is over
}

TEST(ParallelFor, CancellationReachesLoopsInsideOfHelpers) {
  Cancellation cancellation;
  const Watch watch{&cancellation, nullptr};
  const Watched watched(watch);
  std::atomic<int> n_inner = 0;
  const auto body = [&](std::size_t) {
    parallel_for(1'000'000, 1, [&](std::size_t k) {
      ++n_inner;
      if (k == 10) cancellation.request();
    });
  };
  EXPECT_THROW(parallel_for(2, 2, body), Cancelled);
  EXPECT_LT(n_inner, 2'000'000);
}

/// "outer: 2 of 2." for a stage that is over.
class Recorder : public Progress {
 public:
  bool begin(std::string_view stage, std::size_t n_steps) noexcept override {
    const std::lock_guard lock(mutex_);
    if (under_way_) return false;
    under_way_ = true;
    stages_.push_back(std::string(stage));
    n_steps_ = n_steps;
    return true;
  }
  void advance(std::size_t n_done) noexcept override {
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(n_done, n_done_ + 1);
    n_done_ = n_done;
  }
  void end() noexcept override {
    const std::lock_guard lock(mutex_);
    stages_.back() += ": " + std::to_string(n_done_) + " of " + std::to_string(n_steps_);
    under_way_ = false;
    n_done_ = 0;
  }
  const std::vector<std::string>& stages() const { return stages_; }

 private:
  std::mutex mutex_;
  std::vector<std::string> stages_;
  std::size_t n_steps_ = 0, n_done_ = 0;
  bool under_way_ = false;
};

TEST(ParallelFor, TellsTheStepsOfTheOutermostStage) {
  for (const int n_threads : {1, 2}) {
    Recorder recorder;
    const Watch watch{nullptr, &recorder};
    const Watched watched(watch);
    const auto inner = [&](std::size_t) {
      parallel_for(
          3, n_threads, [](std::size_t) {}, "inner");
    };
    parallel_for(2, n_threads, inner, "outer");
    EXPECT_THAT(recorder.stages(), testing::ElementsAre("outer: 2 of 2"));
    parallel_for(1, n_threads, inner);  // no stage itself
    EXPECT_THAT(recorder.stages(), testing::ElementsAre("outer: 2 of 2", "inner: 3 of 3"));
  }
}

TEST(ParallelFor, AStageThatFailsIsOver) {
  Recorder recorder;
  const Watch watch{nullptr, &recorder};
  const Watched watched(watch);
  const auto body = [](std::size_t i) {
    if (i == 1) throw std::runtime_error("1");
  };
  EXPECT_THROW(parallel_for(3, 1, body, "first"), std::runtime_error);
  parallel_for(1, 1, body, "second");
  EXPECT_THAT(recorder.stages(), testing::ElementsAre("first: 1 of 3", "second: 1 of 1"));
}

TEST(AvailableThreads, IsPositive) { EXPECT_GE(available_threads(), 1); }

}  // namespace
}  // namespace rung

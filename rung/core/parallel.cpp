#include "rung/core/parallel.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace rung {
namespace {

/// One call of parallel_for under way; its team's mutex guards it.
struct Loop {
  std::size_t n;
  const std::function<void(std::size_t)>& body;
  std::size_t next = 0;
  int n_running = 0;
  std::exception_ptr failure = nullptr;
  std::size_t failed_at = n;

  bool waits() const { return next < n; }
  bool is_over() const { return !waits() && n_running == 0; }
};

/// The threads of an outermost loop. A loop inside a body is shared with those that have nothing
/// left to do.
class Team {
 public:
  explicit Team(std::size_t n_most) : n_most_(n_most) {}

  ~Team() {
    {
      const std::lock_guard lock(mutex_);
      dismissed_ = true;
    }
    changed_.notify_all();
    for (std::thread& helper : helpers_) helper.join();
  }

  void run(std::size_t n, const std::function<void(std::size_t)>& body) {
    Loop loop{n, body};
    std::unique_lock lock(mutex_);
    loops_.push_back(&loop);
    while (helpers_.size() + 1 < std::min(n_most_, helpers_.size() - n_idle_ + n))
      helpers_.emplace_back([this] { help(); });
    changed_.notify_all();
    work_on(loop, lock);
    while (!loop.is_over()) {
      // Younger ones only: an older one may be what this one is a part of.
      Loop* const younger = first_waiting(std::find(loops_.begin(), loops_.end(), &loop));
      if (younger != nullptr) {
        work_on(*younger, lock);
      } else {
        changed_.wait(lock);
      }
    }
    loops_.erase(std::find(loops_.begin(), loops_.end(), &loop));
    if (loop.failure) std::rethrow_exception(loop.failure);
  }

  /// The one that the calling thread works in; null: none.
  static Team*& of_this_thread() {
    thread_local Team* team = nullptr;
    return team;
  }

 private:
  void help() {
    of_this_thread() = this;
    std::unique_lock lock(mutex_);
    while (true) {
      Loop* const loop = first_waiting(loops_.begin());
      if (loop != nullptr) {
        work_on(*loop, lock);
      } else if (dismissed_) {
        return;
      } else {
        ++n_idle_;
        changed_.wait(lock);
        --n_idle_;
      }
    }
  }

  Loop* first_waiting(std::vector<Loop*>::iterator from) {
    const auto found =
        std::find_if(from, loops_.end(), [](const Loop* loop) { return loop->waits(); });
    return found == loops_.end() ? nullptr : *found;
  }

  void work_on(Loop& loop, std::unique_lock<std::mutex>& lock) {
    while (loop.waits()) {
      const std::size_t i = loop.next++;
      ++loop.n_running;
      lock.unlock();
      std::exception_ptr failure;
      try {
        loop.body(i);
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      --loop.n_running;
      if (!failure) continue;
      if (i < loop.failed_at) {
        loop.failure = failure;
        loop.failed_at = i;
      }
      loop.next = loop.n;
    }
    if (loop.is_over()) changed_.notify_all();
  }

  const std::size_t n_most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Loop*> loops_;  // that are under way, oldest first
  std::vector<std::thread> helpers_;
  std::size_t n_idle_ = 0;
  bool dismissed_ = false;
};

void run_one_by_one(std::size_t n, const std::function<void(std::size_t)>& body) {
  for (std::size_t i = 0; i < n; ++i) body(i);
}

}  // namespace

int available_threads() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void parallel_for(std::size_t n, int n_threads, const std::function<void(std::size_t)>& body) {
  Team*& team = Team::of_this_thread();
  const int wanted = n_threads > 0 ? n_threads : available_threads();
  if (n <= 1 || wanted == 1) return run_one_by_one(n, body);
  if (team != nullptr) return team->run(n, body);
  Team mine(static_cast<std::size_t>(wanted));
  team = &mine;
  try {
    mine.run(n, body);
  } catch (...) {
    team = nullptr;
    throw;
  }
  team = nullptr;
}

}  // namespace rung

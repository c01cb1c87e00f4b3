#include "rung/core/parallel.hpp"

#include <algorithm>
#ifndef RUNG_NO_THREADS
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>
#endif

namespace rung {
namespace {

class Team;

/// The state of the calling thread: who watches its work, and the loop that it is part of.
struct Surroundings {
  const Watch* watch = nullptr;
  Team* team = nullptr;   // whose threads a loop shares
  bool in_stage = false;  // in a step that is already reported
};

Surroundings& surroundings() {
  thread_local Surroundings here;
  return here;
}

/// Sets the surroundings until it is destroyed.
class In {
 public:
  explicit In(const Surroundings& inner) : outer_(surroundings()) { surroundings() = inner; }
  ~In() { surroundings() = outer_; }
  In(const In&) = delete;
  In& operator=(const In&) = delete;

 private:
  const Surroundings outer_;
};

/// Tells the watch of the steps of one loop, if it is to hear of them.
class Stage {
 public:
  Stage(const char* name, std::size_t n_steps) {
    const Surroundings& here = surroundings();
    Progress* const progress = here.watch ? here.watch->progress : nullptr;
    if (name && progress && !here.in_stage && progress->begin(name, n_steps)) progress_ = progress;
  }
  ~Stage() {
    if (progress_) progress_->end();
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  void advance(std::size_t n_done) {
    if (progress_) progress_->advance(n_done);
  }

 private:
  Progress* progress_ = nullptr;
};

void run_one_by_one(std::size_t n, const std::function<void(std::size_t)>& body, Stage& stage,
                    const Surroundings& inside) {
  for (std::size_t i = 0; i < n; ++i) {
    check_cancelled();
    const In in(inside);
    body(i);
    stage.advance(i + 1);
  }
}

#ifndef RUNG_NO_THREADS

/// One call of parallel_for under way; its team's mutex guards it.
struct Loop {
  std::size_t n;
  const std::function<void(std::size_t)>& body;
  Stage& stage;
  const Surroundings& inside;  // of its steps
  std::size_t next = 0, n_done = 0;
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

  void run(std::size_t n, const std::function<void(std::size_t)>& body, Stage& stage,
           Surroundings inside) {
    inside.team = this;
    Loop loop{n, body, stage, inside};
    std::unique_lock lock(mutex_);
    loops_.push_back(&loop);
    add_helpers(n);
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

 private:
  /// For a loop of n steps. With fewer threads than wanted, it takes longer.
  void add_helpers(std::size_t n) {
    try {
      while (helpers_.size() + 1 < std::min(n_most_, helpers_.size() - n_idle_ + n))
        helpers_.emplace_back([this] { help(); });
    } catch (const std::system_error&) {
    }
  }

  void help() {
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
      const std::exception_ptr failure = run_step(loop, i);
      lock.lock();
      --loop.n_running;
      ++loop.n_done;
      loop.stage.advance(loop.n_done);
      if (!failure) continue;
      if (i < loop.failed_at) {
        loop.failure = failure;
        loop.failed_at = i;
      }
      loop.next = loop.n;
    }
    if (loop.is_over()) changed_.notify_all();
  }

  /// What the step threw, if so.
  static std::exception_ptr run_step(const Loop& loop, std::size_t i) {
    const In in(loop.inside);
    try {
      check_cancelled();
      loop.body(i);
    } catch (...) {
      return std::current_exception();
    }
    return nullptr;
  }

  const std::size_t n_most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Loop*> loops_;  // that are under way, oldest first
  std::vector<std::thread> helpers_;
  std::size_t n_idle_ = 0;
  bool dismissed_ = false;
};

#endif

}  // namespace

Watched::Watched(const Watch& watch) : outer_(surroundings().watch) {
  surroundings().watch = &watch;
}

Watched::~Watched() { surroundings().watch = outer_; }

bool is_cancelled() {
  const Watch* const watch = surroundings().watch;
  return watch && watch->cancellation && watch->cancellation->requested();
}

void check_cancelled() {
  if (is_cancelled()) throw Cancelled();
}

int available_threads() {
#ifdef RUNG_NO_THREADS
  return 1;
#else
  // Asked once: the system opens a file to answer.
  static const int kThreads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return kThreads;
#endif
}

void parallel_for(std::size_t n, int n_threads, const std::function<void(std::size_t)>& body,
                  const char* stage_name) {
  Stage stage(stage_name, n);
  Surroundings inside = surroundings();
  inside.in_stage |= stage_name != nullptr;
  const int wanted = n_threads > 0 ? n_threads : available_threads();
  if (n <= 1 || wanted == 1) return run_one_by_one(n, body, stage, inside);
#ifndef RUNG_NO_THREADS
  if (Team* const team = inside.team) return team->run(n, body, stage, inside);
  Team(static_cast<std::size_t>(wanted)).run(n, body, stage, inside);
#else
  run_one_by_one(n, body, stage, inside);
#endif
}

}  // namespace rung

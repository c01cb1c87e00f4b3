#pragma once
/// Stopping work before its end.

#include <atomic>
#include <exception>

namespace rung {

/// A request to stop, which work looks at between its steps. It may be made in a signal handler and
/// on any thread.
class Cancellation {
 public:
  void request() noexcept { requested_ = true; }
  bool requested() const noexcept { return requested_; }

 private:
  std::atomic<bool> requested_ = false;
  static_assert(std::atomic<bool>::is_always_lock_free);
};

/// Thrown where work stops on request. Not an error: catch it only where work is started.
class Cancelled : public std::exception {
 public:
  const char* what() const noexcept override { return "cancelled"; }
};

}  // namespace rung

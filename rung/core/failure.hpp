#pragma once
/// What went wrong though the input was right: work that was begun and came to nothing, by a full
/// disk, a program that was killed, a training that diverged.

#include "rung/core/error.hpp"

namespace rung {

/// The command exits with 1. An InputError to whoever goes on without what failed.
class Failure : public InputError {
 public:
  using InputError::InputError;
  explicit Failure(const InputError& error) : InputError(error) {}
};

/// A program of ours said on standard error what is wrong, here once more for whoever goes on
/// without it. The command exits with that program's status and adds nothing.
class AlreadyTold : public InputError {
 public:
  AlreadyTold(std::string message, int exit_status)
      : InputError(std::move(message)), exit_status_(exit_status) {}
  int exit_status() const { return exit_status_; }

 private:
  int exit_status_;
};

}  // namespace rung

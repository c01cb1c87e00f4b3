#pragma once
/// What an action says is wrong with its input.

#include <string>

#include "rung/core/error.hpp"

namespace rung {

/// "no error" where the action does its work.
std::string error_of(const auto& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace rung

#pragma once
/// Runs command lines, inside this program or as a process.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "rung/cli/terminal.hpp"
#include "rung/system/process.hpp"
#include "tests/support/environment.hpp"

namespace rung::cli {

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};

/// With each note, warning and error in one line again.
inline std::string with_whole_lines(const std::string& text) {
  std::istringstream lines(text);
  std::string whole;
  bool is_note = false;
  for (std::string line; std::getline(lines, line);) {
    const bool goes_on = is_note && line.starts_with("  ");
    if (!goes_on)
      is_note = line.starts_with("note: ") || line.starts_with("warning: ") ||
                line.find("error: ") != std::string::npos;
    if (goes_on) whole.pop_back();
    whole += (goes_on ? line.substr(1) : line) + "\n";
  }
  if (!text.empty() && text.back() != '\n') whole.pop_back();
  return whole;
}

/// `rung` with these words, in this program.
inline Ran run_rung(const std::vector<std::string>& words) {
  std::vector<const char*> argv = {"rung"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  std::ostringstream out, err;
  const int status = run(static_cast<int>(argv.size()), argv.data(), out, err);
  return {status, out.str(), with_whole_lines(err.str())};
}

/// A line of bash in which $RUNG is the command's path.
inline Ran run_shell(const std::string& line) {
  const std::optional<ProcessResult> result =
      run_process("bash", {"-c", "RUNG='" RUNG_COMMAND "'; " + line});
  if (!result) return {-1, "", "no bash"};
  return {result->exit_status, result->output, with_whole_lines(result->errors)};
}

}  // namespace rung::cli

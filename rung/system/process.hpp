#pragma once
/// The only place that starts other programs.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rung {

struct ProcessResult {
  int exit_status = 0;  // 128 + the signal's number when a signal ended the program
  std::string output;   // all of its standard output, bytes as they came
  std::string errors;   // all of its standard error
};

/// Runs `program` (a path, or a name sought in PATH) without a shell: no argument is ever expanded.
/// `input` becomes its standard input. Waits for the end. Absent when there is no such program that
/// may be run; std::system_error when the system refuses for another reason (out of memory, of
/// processes).
std::optional<ProcessResult> run_process(const std::string& program,
                                         const std::vector<std::string>& arguments,
                                         std::string_view input = {});

}  // namespace rung

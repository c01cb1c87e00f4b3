#pragma once
/// The command line as a function.

#include <iosfwd>

namespace rung::cli {

/// Runs one command line (argv[0] is the program's name) and returns the exit status: 0 usable
/// result; 1 ran, but no usable result; 2 bad usage or input; 130 interrupted. Results go to `out`;
/// progress, warnings and errors to `err`. Throws nothing.
int run(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace rung::cli

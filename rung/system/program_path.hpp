#pragma once
/// Where our own programs are.

#include <string>

namespace rung {

/// The program of this name beside the running one, else its name, to be sought in PATH.
std::string program_beside(const std::string& name);

/// This process ends when `parent`, which started it, does, however that ends.
void end_with_parent(int parent);
/// Of this process.
int process_id();

}  // namespace rung

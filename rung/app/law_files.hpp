#pragma once
/// A user's laws, from files.

#include <string>
#include <vector>

#include "rung/law/catalogue.hpp"

namespace rung::app {

/// Each path, and in place of a folder the .toml files in it, by name. InputError for a folder
/// without any.
std::vector<std::string> law_files(const std::vector<std::string>& paths);

/// The built-in laws and those of law_files(). InputError with the problems of all files.
LawCatalogue read_laws(const std::vector<std::string>& paths);

}  // namespace rung::app

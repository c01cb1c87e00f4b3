#pragma once
/// `rung-train generate`: text from a checkpoint.

#include <cstdint>
#include <string>

#include "rung/lm/generate_request.hpp"

namespace rung::train {

/// The prompt and what follows it, up to <|endoftext|>. InputError where the files are bad.
std::string generate(const lm::GenerateRequest& request, std::uint64_t seed);

}  // namespace rung::train

#pragma once
/// The tensors of a file that torch.save wrote, without torch.

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rung::lm {

/// A tensor of floats, row by row.
struct NamedTensor {
  std::vector<std::size_t> shape;
  std::vector<float> values;
};

using NamedTensors = std::map<std::string, NamedTensor>;

/// The tensors of a saved dictionary, or of its "state_dict", by name. Half and bfloat16 become
/// float; those of whole numbers are left out. "module." (of data-parallel training) and
/// "_orig_mod." (of torch.compile) are taken out of names. InputError where it is no such file, or
/// is damaged.
NamedTensors read_torch_file(const std::filesystem::path& path);
/// The same of bytes; `source` is their name in errors.
NamedTensors read_torch_bytes(std::string_view bytes, const std::string& source);

}  // namespace rung::lm

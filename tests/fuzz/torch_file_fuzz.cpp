// Files of torch.save from arbitrary bytes: nothing but InputError. Checksums would hide what comes
// after them, so what is pickled is also read by itself.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "rung/core/error.hpp"
#include "rung/lm/generate/pickle.hpp"
#include "rung/lm/generate/torch_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  try {
    rung::lm::Pickle(text, "data.pkl");
  } catch (const rung::InputError&) {
  }
  try {
    rung::lm::read_torch_bytes(text, "x.pt");
  } catch (const rung::InputError&) {
  }
  return 0;
}

// Gives a fuzz target every file of a folder, so that any compiler's build checks the corpus.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>

#include "rung/system/file.hpp"
#include "tests/fuzz/by_turns.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

int main(int argc, char** argv) {
  int n_files = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      const std::string content = rung::read_file(entry.path());
      for (fuzz::g_turn = 0; fuzz::g_turn < fuzz::kMostTurns; ++fuzz::g_turn)
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(content.data()),
                               content.size());
      ++n_files;
    }
  }
  std::printf("%d files\n", n_files);
  return n_files > 0 ? 0 : 1;
}

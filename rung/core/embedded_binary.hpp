#pragma once
/// For the source that cmake/embed.cmake writes: files whose bytes the assembler puts among the
/// constants, between two symbols.

#include <cstddef>

#include "rung/core/embedded.hpp"

#if defined(__APPLE__)
#define RUNG_BEGIN_CONSTANTS ".const_data\n"
#define RUNG_END_CONSTANTS ".text\n"
#define RUNG_SYMBOL(name) "_" #name
#else
#define RUNG_BEGIN_CONSTANTS ".pushsection .rodata.rung,\"a\"\n"
#define RUNG_END_CONSTANTS ".popsection\n"
#define RUNG_SYMBOL(name) #name
#endif

#define RUNG_BINARY(name, path)                                                             \
  extern "C" const char name[];                                                             \
  extern "C" const char name##_end[];                                                       \
  __asm__(RUNG_BEGIN_CONSTANTS                                                              \
          ".globl " RUNG_SYMBOL(name) "\n.globl " RUNG_SYMBOL(name##_end) "\n" RUNG_SYMBOL( \
              name) ":\n.incbin \"" path                                                    \
                    "\"\n" RUNG_SYMBOL(name##_end) ":\n.byte 0\n" RUNG_END_CONSTANTS);

namespace rung {

inline std::string_view binary(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace rung

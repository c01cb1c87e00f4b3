// How the sanitizers run under the fuzzers: a parser's short texts spend their time in malloc,
// which records two callers instead of thirty, and gives memory back sooner.

extern "C" const char* __asan_default_options();

extern "C" const char* __asan_default_options() {
  return "malloc_context_size=2:quarantine_size_mb=4:thread_local_quarantine_size_kb=64";
}

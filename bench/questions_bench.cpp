/// Questions one by one, averaged: JSON lines by Rung, Parquet by DuckDB. The files are made up, in
/// the temporary folder; RUNG_BENCH_ROWS=100000000 asks for more rows of Parquet than the usual 10
/// million (1 GB of disk a 100 million).

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "bench/usage.hpp"
#include "rung/core/rng.hpp"
#include "rung/data/reader/question_file.hpp"
#include "rung/data/reader/question_parquet.hpp"
#include "rung/system/duckdb.hpp"

namespace {

namespace fs = std::filesystem;

/// Gone when the benchmark ends.
class NewFile {
 public:
  explicit NewFile(const char* name) : path_(fs::temp_directory_path() / name) {}
  ~NewFile() { fs::remove(path_); }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  const fs::path& path() const { return path_; }
  std::int64_t n_bytes() const { return static_cast<std::int64_t>(fs::file_size(path_)); }

 private:
  fs::path path_;
};

void write_lines(const fs::path& path, int n_questions) {
  rung::Rng rng(1);
  std::ofstream out(path);
  for (int question = 0; question < n_questions; ++question) {
    out << fmt::format(
        R"({{"doc_id": {}, "recipe": "recipe{}", "size": "150M", "task": "task{}", "seed": 0, )"
        R"("step": {}, "label": {}, "model_output": [)",
        question % 2500, question / 250'000, question / 25'000 % 10,
        1000 * (1 + question / 2500 % 10), question % 4);
    for (int option = 0; option < 4; ++option) {
      out << fmt::format(
          R"({}{{"sum_logits": {}, "num_tokens": {}, "num_chars": {}, "num_bytes": {}, )"
          R"("is_greedy": false}})",
          option > 0 ? ", " : "", -5 - 20 * rng.uniform(), 1 + option, 7 + option, 7 + option);
    }
    out << "]}\n";
  }
}

/// A row an option, 4 options a question, 2,500 questions a task and checkpoint. By a process of
/// its own, whose memory isn't counted.
void write_options(const fs::path& path, std::int64_t n_rows) {
  const pid_t writer = ::fork();
  if (writer > 0) ::waitpid(writer, nullptr, 0);
  if (writer != 0) return;
  rung::DuckDb("bench", 0)
      .run(fmt::format(
          "COPY (SELECT 'recipe' || (i // 2500000 % 40) AS recipe, "
          "['150M', '300M', '530M', '750M', '1B'][1 + i // 500000 % 5] AS size, "
          "'task' || (i // 50000 % 10) AS task, 0 AS seed, 1000 * (1 + i // 10000 % 5) AS step, "
          "i // 4 % 2500 AS doc_id, i % 4 = hash(i // 4) % 4 AS is_correct, "
          "-5 - 20 * (hash(i) / 18446744073709551616.0) AS sum_logits, 1 + hash(i + 7) % 8 AS "
          "num_tokens, 5 + hash(i + 9) % 40 AS num_chars, 5 + hash(i + 9) % 40 AS num_bytes "
          "FROM range({}) t(i)) TO {} (FORMAT parquet)",
          n_rows, rung::sql_text(path.string())));
  std::_Exit(0);
}

void questions_of_json_lines(benchmark::State& state) {
  const NewFile file("rung_questions.jsonl");
  write_lines(file.path(), 1'000'000);
  const rusage start = rung::bench::usage_so_far();
  for (auto _ : state) {
    const rung::MeansByRun means =
        rung::read_question_file(file.path(), static_cast<int>(state.range(0)));
    if (means.empty()) state.SkipWithError("no means");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * file.n_bytes());
  rung::bench::count_usage(state, start, file.n_bytes());
}
BENCHMARK(questions_of_json_lines)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void questions_of_parquet(benchmark::State& state) {
  if (!rung::duckdb_version()) return state.SkipWithError("DuckDB is not installed");
  const char* const asked = std::getenv("RUNG_BENCH_ROWS");
  const std::int64_t n_rows = asked ? std::atoll(asked) : 10'000'000;
  const NewFile file("rung_questions.parquet");
  write_options(file.path(), n_rows);
  const rusage start = rung::bench::usage_so_far();
  for (auto _ : state) {
    const auto means =
        rung::read_question_parquet(file.path(), {.n_threads = static_cast<int>(state.range(0))});
    if (!means) state.SkipWithError("no means");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * n_rows);
  rung::bench::count_usage(state, start, file.n_bytes());
}
BENCHMARK(questions_of_parquet)
    ->ArgName("threads")
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

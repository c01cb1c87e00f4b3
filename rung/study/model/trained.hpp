#pragma once
/// What came of making tokens, and of training.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace rung::model {

struct TokenizedPart {
  std::size_t n_documents = 0, n_bytes = 0, n_tokens = 0;
};

struct Tokenized {
  std::string name, data_file;
  std::size_t vocab_size = 0;
  TokenizedPart train, validation;
};

/// The numbers of one evaluation, by column.
struct Evaluation {
  std::int64_t step = 0;
  std::vector<std::pair<std::string, double>> metrics;
};

struct TrainedRun {
  std::string name, folder;
  std::int64_t n_steps = 0;
  std::vector<Evaluation> evaluations;  // by step; the last is the result
  bool finished = false;
};

/// The prompt, and that with what a model made of it.
struct GeneratedText {
  std::string checkpoint, prompt, text;
};

/// A rung of a ladder whose jobs were started.
struct LaunchedRung {
  std::string name;
  std::string state;   // "done", "submitted", "running", "pending", "failed: …", "not started"
  std::string job;     // Slurm's number; "": none
  std::string script;  // its path
};

}  // namespace rung::model

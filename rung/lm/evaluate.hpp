#pragma once
/// What a model is worth: cross-entropy and bits per byte on held-out token files, and questions
/// with choices, ranked by their likelihood.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rung/lm/data_mix.hpp"
#include "rung/lm/network.hpp"
#include "rung/lm/run_log.hpp"

namespace rung::lm {

/// Text to tokens; empty where nothing needs it.
using Encode = std::function<std::vector<Token>(std::string_view)>;

struct EvaluateOptions {
  std::size_t length = 0;  // tokens of a sequence
  std::size_t vocab_size = 0;
  std::size_t batch_size = 8;      // sequences at once
  std::size_t most_sequences = 0;  // of each validation file; 0: all
};

/// A question: which of the choices goes on from the context.
struct Question {
  std::string context;
  std::vector<std::string> choices;
  std::size_t answer = 0;

  bool operator==(const Question&) const = default;
};

/// JSON lines: {"context": "...", "choices": ["...", "..."], "answer": 0}. InputError with places.
std::vector<Question> parse_questions(std::string_view jsonl, const std::string& source);

/// The same questions after `n` solved ones each, two line ends apart: the first of `examples`, the
/// question itself left out. InputError where there are too few.
std::vector<Question> with_shots(const std::vector<Question>& questions,
                                 const std::vector<Question>& examples, std::size_t n);

/// Of a task's file, with its shots.
std::vector<Question> questions_of(const TaskPart& task);

/// Means over questions. The published names of the metrics.
struct TaskScores {
  double acc = 0;       // the likeliest choice is right
  double len_norm = 0;  // the same by likelihood per byte
  double bpb = 0;       // bits per byte of the right choice
  double ce = 0;        // nats per token of the right choice
  double soft = 0;      // share of the right choice among all, by likelihood
  double soft_log = 0;  // its logarithm
};

TaskScores score(Network& network, const std::vector<Question>& questions, const Encode& encode,
                 const EvaluateOptions& options);

/// Every validation file and task of the mix, as columns: eval/NAME-validation/CrossEntropyLoss,
/// eval/downstream_bpb/TASK_bpb, and so on.
LogRow evaluate(Network& network, const DataMix& mix, const Encode& encode,
                const EvaluateOptions& options);

}  // namespace rung::lm

#include "rung/lm/evaluate.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "rung/core/error.hpp"
#include "rung/core/fields.hpp"
#include "rung/core/text.hpp"
#include "rung/system/file.hpp"

namespace rung::lm {
namespace {

/// Mean over the targets of a token file's sequences, in nats.
double cross_entropy(Network& network, const TokenFile& file, const EvaluateOptions& options) {
  std::size_t n_sequences = file.n_tokens() / options.length;
  if (n_sequences == 0)
    throw InputError(Location{file.name()}, "it holds less than one sequence of " +
                                                std::to_string(options.length) + " tokens");
  if (options.most_sequences > 0) n_sequences = std::min(n_sequences, options.most_sequences);
  double sum = 0;
  for (std::size_t begin = 0; begin < n_sequences; begin += options.batch_size) {
    Batch batch{.n_sequences = std::min(options.batch_size, n_sequences - begin),
                .length = options.length};
    file.read(begin * options.length, batch.n_sequences * options.length, options.vocab_size,
              batch.tokens);
    for (const float each : network.log_likelihoods(batch)) sum -= static_cast<double>(each);
  }
  return sum / static_cast<double>(n_sequences * (options.length - 1));
}

/// A choice after its context, as tokens.
struct Continuation {
  std::vector<Token> tokens;
  std::size_t begin = 0;  // of the choice
};

Continuation continuation(const Question& question, std::size_t choice, const Encode& encode,
                          std::size_t longest) {
  Continuation result{.tokens = encode(question.context)};
  const std::vector<Token> ending = encode(question.choices[choice]);
  if (result.tokens.empty()) result.tokens = {0};  // something must stand before the first target
  result.begin = result.tokens.size();
  result.tokens.insert(result.tokens.end(), ending.begin(), ending.end());
  if (result.tokens.size() > longest) {  // the context's beginning goes
    const std::size_t n = std::min(result.tokens.size() - longest, result.begin - 1);
    result.tokens.erase(result.tokens.begin(), result.tokens.begin() + static_cast<long>(n));
    result.begin -= n;
    result.tokens.resize(std::min(result.tokens.size(), longest));
  }
  return result;
}

/// Log-likelihood of each continuation's choice.
std::vector<double> likelihoods(Network& network, const std::vector<Continuation>& all,
                                const EvaluateOptions& options) {
  std::vector<double> sums;
  for (std::size_t begin = 0; begin < all.size(); begin += options.batch_size) {
    const std::size_t n = std::min(options.batch_size, all.size() - begin);
    Batch batch{.n_sequences = n, .length = 2};
    for (std::size_t i = begin; i < begin + n; ++i)
      batch.length = std::max(batch.length, all[i].tokens.size());
    for (std::size_t i = begin; i < begin + n; ++i) {
      batch.tokens.insert(batch.tokens.end(), all[i].tokens.begin(), all[i].tokens.end());
      batch.tokens.resize((i - begin + 1) * batch.length,
                          0);  // what follows changes nothing before
    }
    const std::vector<float> targets = network.log_likelihoods(batch);
    for (std::size_t i = 0; i < n; ++i) {
      const Continuation& each = all[begin + i];
      double sum = 0;
      for (std::size_t t = each.begin; t < each.tokens.size(); ++t)
        sum += static_cast<double>(targets[i * (batch.length - 1) + t - 1]);
      sums.push_back(sum);
    }
  }
  return sums;
}

std::size_t argmax(const std::vector<double>& values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

void add_question(TaskScores& scores, const Question& question, const std::vector<double>& sums,
                  std::size_t n_tokens) {
  std::vector<double> per_byte;
  double all = 0;
  const double most = *std::max_element(sums.begin(), sums.end());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    per_byte.push_back(sums[i] / static_cast<double>(question.choices[i].size()));
    all += std::exp(sums[i] - most);
  }
  const double share = sums[question.answer] - most - std::log(all);
  scores.acc += argmax(sums) == question.answer;
  scores.len_norm += argmax(per_byte) == question.answer;
  scores.bpb -= per_byte[question.answer] / std::numbers::ln2;
  scores.ce -= sums[question.answer] / static_cast<double>(n_tokens);
  scores.soft += std::exp(share);
  scores.soft_log += share;
}

void add_task_columns(LogRow& row, const std::string& task, const TaskScores& scores) {
  const auto add = [&](const char* kind, const char* metric, double value) {
    row.emplace_back("eval/" + std::string(kind) + "/" + task + "_" + metric, value);
  };
  add("downstream", "acc", scores.acc);
  add("downstream", "len_norm", scores.len_norm);
  add("downstream_bpb", "bpb", scores.bpb);
  add("downstream_ce_loss", "ce_loss", scores.ce);
  add("downstream_soft", "soft", scores.soft);
  add("downstream_soft_log", "soft_log", scores.soft_log);
}

}  // namespace

std::vector<Question> parse_questions(std::string_view jsonl, const std::string& source) {
  std::vector<Question> questions;
  std::vector<Problem> problems;
  std::size_t line = 0;
  for (const std::string& text : split(jsonl, '\n')) {
    ++line;
    if (trimmed(text).empty()) continue;
    try {
      read_json_fields(text, source, [&](Fields& fields) {
        Question question{.context = fields.text_or_empty("context"),
                          .choices = fields.require<std::vector<std::string>>("choices")};
        const auto answer = fields.require<std::int64_t>(
            "answer", {.least = 0, .most = 1e6, .wanted = "the right choice's place, from 0 on"});
        question.answer = static_cast<std::size_t>(answer);
        if (question.choices.empty()) {
          if (!fields.has_problems()) fields.problem_at("choices", "'choices' is empty");
        } else if (question.answer >= question.choices.size())
          fields.problem_at("answer", "'answer' is not below the number of choices");
        questions.push_back(std::move(question));
      });
    } catch (const InputError& error) {
      for (Problem problem : error.problems()) {
        problem.location.line = line;
        problems.push_back(std::move(problem));
      }
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  if (questions.empty()) throw InputError(Location{source}, "it has no questions");
  return questions;
}

std::vector<Question> with_shots(const std::vector<Question>& questions,
                                 const std::vector<Question>& examples, std::size_t n) {
  std::vector<Question> result = questions;
  for (Question& question : result) {
    const Question alone = question;
    std::string shots;
    std::size_t n_found = 0;
    for (const Question& example : examples) {
      if (n_found == n) break;
      if (example == alone) continue;
      shots += example.context + example.choices[example.answer] + "\n\n";
      ++n_found;
    }
    if (n_found < n)
      throw InputError("there are " + std::to_string(n_found) +
                           " questions to show, shots = " + std::to_string(n),
                       "shots_path = \"a file with more\"");
    question.context = shots + alone.context;
  }
  return result;
}

TaskScores score(Network& network, const std::vector<Question>& questions, const Encode& encode,
                 const EvaluateOptions& options) {
  std::vector<Continuation> all;
  for (const Question& question : questions) {
    for (std::size_t choice = 0; choice < question.choices.size(); ++choice)
      all.push_back(continuation(question, choice, encode, options.length));
  }
  const std::vector<double> sums = likelihoods(network, all, options);
  TaskScores scores;
  std::size_t at = 0;
  for (const Question& question : questions) {
    const auto begin = sums.begin() + static_cast<long>(at);
    const Continuation& right = all[at + question.answer];
    add_question(scores, question, {begin, begin + static_cast<long>(question.choices.size())},
                 std::max<std::size_t>(right.tokens.size() - right.begin, 1));
    at += question.choices.size();
  }
  for (double* const sum :
       {&scores.acc, &scores.len_norm, &scores.bpb, &scores.ce, &scores.soft, &scores.soft_log})
    *sum /= static_cast<double>(questions.size());
  return scores;
}

std::vector<Question> questions_of(const TaskPart& task) {
  const auto read = [](const std::filesystem::path& path) {
    return parse_questions(read_file(path), path.string());
  };
  std::vector<Question> questions = read(task.path);
  if (task.n_shots == 0) return questions;
  try {
    return with_shots(questions, task.shots_path.empty() ? questions : read(task.shots_path),
                      static_cast<std::size_t>(task.n_shots));
  } catch (const InputError& error) {
    throw InputError("task '" + task.name + "': " + error.problems().front().message,
                     error.problems().front().hint);
  }
}

LogRow evaluate(Network& network, const DataMix& mix, const Encode& encode,
                const EvaluateOptions& options) {
  LogRow row;
  for (const ValidationPart& part : mix.validation) {
    const TokenFile file(part.path, mix.type);
    const double loss = cross_entropy(network, file, options);
    row.emplace_back("eval/" + part.name + "-validation/CrossEntropyLoss", loss);
    if (part.n_bytes)
      row.emplace_back(
          "eval/" + part.name + "-validation/BitsPerByte",
          loss * static_cast<double>(file.n_tokens()) / (*part.n_bytes * std::numbers::ln2));
  }
  for (const TaskPart& task : mix.tasks) {
    if (!encode)
      throw InputError("task '" + task.name + "' needs the tokenizer of data '" + mix.name + "'",
                       "tokenizer = \"tokenizer.json\" in the data file");
    const auto questions = questions_of(task);
    add_task_columns(row, task.name, score(network, questions, encode, options));
  }
  return row;
}

}  // namespace rung::lm

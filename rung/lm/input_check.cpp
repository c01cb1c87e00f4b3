#include "rung/lm/input_check.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "rung/core/error.hpp"
#include "rung/lm/evaluate.hpp"
#include "rung/lm/tokenize.hpp"
#include "rung/system/file.hpp"

namespace rung::lm {
namespace {

struct Format {
  std::string_view begin;  // of its files
  const char* name;
};
constexpr Format kForeign[] = {{"\x93NUMPY", "a NumPy file with a header"},
                               {"\x1f\x8b", "a gzip file"},
                               {"\x28\xb5\x2f\xfd", "a Zstandard file"},
                               {"PK\x03\x04", "a zip file"},
                               {"PAR1", "a Parquet file"}};

/// Bytes of text only: of tokens, some high byte would be none.
bool is_text(std::string_view bytes) {
  constexpr std::size_t kEnough = 16, kMost = 4096;
  bytes = bytes.substr(0, kMost);
  return bytes.size() >= kEnough && std::all_of(bytes.begin(), bytes.end(), [](char c) {
           return c == '\n' || c == '\r' || c == '\t' || (c >= ' ' && c != 0x7f);
         });
}

void refuse_other_formats(const TokenFile& file) {
  constexpr const char* kHint = "token files are bare uint16 or uint32: rung tokenize writes them";
  for (const Format& format : kForeign) {
    if (file.bytes().starts_with(format.begin))
      throw InputError(Location{file.name()}, std::string("it is ") + format.name + ", not tokens",
                       kHint);
  }
  if (is_text(file.bytes()))
    throw InputError(Location{file.name()}, "it is text, not tokens", kHint);
}

class InputChecker {
 public:
  InputChecker(const DataMix& mix, const InputUse& use) : mix_(mix), use_(use) {}

  void run() {
    if (mix_.vocab_size > use_.model_vocabulary)
      add({{mix_.path.string()},
           "its vocab_size of " + std::to_string(mix_.vocab_size) +
               " is more than the model's vocabulary of " + std::to_string(use_.model_vocabulary),
           "text tokenized with the model's own tokenizer"});
    if (use_.trains) {
      for (const TrainPart& part : mix_.train) at(part.where, [&] { check_part(part.path); });
      if (mix_.train.empty())
        add({{mix_.path.string()},
             "data '" + mix_.name + "' has nothing to train on",
             "[[train]] with path = \"train.bin\""});
    }
    for (const ValidationPart& part : mix_.validation)
      at(part.where, [&] { check_part(part.path); });
    check_tokenizer();
    for (const TaskPart& task : mix_.tasks) at(task.where, [&] { questions_of(task); });
    if (!problems_.empty()) throw InputError(std::move(problems_));
  }

 private:
  void check_part(const std::filesystem::path& path) const {
    const TokenFile file(path, mix_.type);
    refuse_other_formats(file);
    if (file.n_tokens() < use_.sequence_length)
      throw InputError(Location{file.name()},
                       "it holds " + std::to_string(file.n_tokens()) +
                           " tokens, less than one sequence of " +
                           std::to_string(use_.sequence_length),
                       "more text, or a model of shorter sequences");
    check_tokens(file, static_cast<std::size_t>(mix_.vocab_size));
  }

  void check_tokenizer() {
    if (mix_.tokenizer.empty()) {
      if (!mix_.tasks.empty())
        add({mix_.tasks.front().where,
             "task '" + mix_.tasks.front().name + "' needs the tokenizer of data '" + mix_.name +
                 "'",
             "tokenizer = \"tokenizer.json\" in the data file"});
      return;
    }
    at(mix_.tokenizer_where, [&] {
      const std::size_t size = read_tokenizer(mix_.tokenizer).size();
      if (size > static_cast<std::size_t>(mix_.vocab_size))
        throw InputError(Location{mix_.tokenizer.string()},
                         "it has " + std::to_string(size) + " tokens, the data a vocab_size of " +
                             std::to_string(mix_.vocab_size),
                         "is it the tokenizer that the token files were made with?");
    });
  }

  /// A problem of a file also says where the data file names it.
  void at(const Location& where, const std::function<void()>& check) {
    try {
      check();
    } catch (const InputError& error) {
      for (Problem problem : error.problems()) {
        const std::string named =
            "named in " + where.file + (where.line ? ":" + std::to_string(where.line) : "");
        if (!where.file.empty()) problem.hint += (problem.hint.empty() ? "" : "; ") + named;
        add(std::move(problem));
      }
    }
  }
  void add(Problem problem) { problems_.push_back(std::move(problem)); }

  const DataMix& mix_;
  const InputUse& use_;
  std::vector<Problem> problems_;
};

}  // namespace

void check_tokens(const TokenFile& file, std::size_t vocab_size, std::size_t most) {
  constexpr std::size_t kStretch = std::size_t{1} << 16;
  const std::size_t n = file.n_tokens();
  const std::size_t n_stretches = (std::min(n, most) + kStretch - 1) / kStretch;
  for (std::size_t i = 0; i < n_stretches; ++i) {
    // The first and the last are among them; of a file that is looked at as a whole, all.
    const std::size_t begin =
        n <= most || n_stretches == 1
            ? i * kStretch
            : static_cast<std::size_t>(static_cast<double>(n - kStretch) * static_cast<double>(i) /
                                       static_cast<double>(n_stretches - 1));
    file.check(begin, std::min(kStretch, n - begin), vocab_size);
  }
}

void check_inputs(const DataMix& mix, const InputUse& use) { InputChecker(mix, use).run(); }

void check_inputs(const LadderPlan& plan) {
  if (!plan.trainer.empty()) return;
  const std::filesystem::path& data = plan.rungs.front().settings.data;
  InputUse use{.model_vocabulary = std::numeric_limits<int>::max()};
  for (const PlannedRung& rung : plan.rungs) {
    const model::Config& config = rung.settings.model;
    use.sequence_length =
        std::max(use.sequence_length, static_cast<std::size_t>(config.sequence_length));
    use.model_vocabulary =
        std::min(use.model_vocabulary, static_cast<int>(config.padded_vocab_size));
  }
  check_inputs(parse_data_mix(read_file(data), data), use);
}

}  // namespace rung::lm

/// rung-train: what `rung train` and `rung evaluate` start.
///
///   rung-train train FOLDER               trains by FOLDER/run.toml, or goes on
///   rung-train evaluate FOLDER DATA STEP…  evaluates checkpoints on another data file
///   rung-train speed RUN.toml             prints tokens per second of a few steps
///   rung-train limit fp32|bf16            prints the matrix product's FLOPs per second
///
/// Progress goes to standard error. Exit status: 0 done, 2 bad input, 130 stopped with a
/// checkpoint.

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/lm/layout.hpp"
#include "rung/lm/optimizer.hpp"
#include "rung/lm/tokenize.hpp"
#include "rung/lm/trainer.hpp"
#include "rung/system/file.hpp"
#include "rung/system/program_path.hpp"
#include "rung/train/torch_network.hpp"

namespace {

using namespace rung;
using Clock = std::chrono::steady_clock;

constexpr int kBadInput = 2, kStopped = 130;
constexpr std::chrono::seconds kBetweenReports(2);

std::atomic<bool> stop_requested = false;

void request_stop(int) { stop_requested = true; }

/// OpenBLAS 0.3.21 takes processors that it does not know for one without AVX, 5 to 8 times slower.
/// It reads the variable as it is loaded, so this program starts itself again.
void choose_blas_kernels(char** arguments) {
#ifdef __x86_64__
  if (getenv("OPENBLAS_CORETYPE") || !__builtin_cpu_supports("avx512f")) return;
  setenv("OPENBLAS_CORETYPE", "SkylakeX", 1);
  execv("/proc/self/exe", arguments);
#endif
}

/// Two processes that train in one folder would write over each other.
void lock(const std::filesystem::path& folder) {
  const int file = open((folder / lm::kSettingsFile).c_str(), O_RDONLY | O_CLOEXEC);
  if (file >= 0 && flock(file, LOCK_EX | LOCK_NB) != 0)
    throw InputError(Location{folder.string()}, "another process trains in it");
  // Left open: the lock ends with the process.
}

std::string duration(double seconds) {
  const auto s = static_cast<long>(seconds);
  return std::to_string(s / 3600) + "h" + std::to_string(s / 60 % 60) + "m" +
         std::to_string(s % 60) + "s";
}

/// All that one folder is trained or evaluated with.
struct Session {
  Session(const std::filesystem::path& run_folder, std::filesystem::path data)
      : folder(run_folder),
        settings(lm::parse_settings(read_file(folder / lm::kSettingsFile),
                                    (folder / lm::kSettingsFile).string())),
        precision(precision_of(settings)),
        network(settings.model, precision) {
    apply(settings);
    if (data.empty()) data = settings.data;
    mix = lm::parse_data_mix(read_file(data), data);
    if (!mix.tokenizer.empty()) tokenizer.emplace(lm::read_tokenizer(mix.tokenizer));
  }

  static train::Precision precision_of(const lm::Settings& settings) {
    return settings.precision == "bf16" ? train::Precision::bf16 : train::Precision::fp32;
  }
  static void apply(const lm::Settings& settings) {
    if (settings.n_threads > 0) train::set_threads(settings.n_threads);
  }

  lm::TrainTools tools() {
    lm::Encode encode;
    if (tokenizer) encode = [this](std::string_view text) { return tokenizer->encode(text); };
    return {network, mix, encode};
  }

  std::filesystem::path folder;
  lm::Settings settings;
  train::Precision precision;
  train::TorchNetwork network;
  lm::DataMix mix;
  std::optional<lm::Tokenizer> tokenizer;
};

void report_scores(std::int64_t step, const lm::LogRow& scores) {
  for (const auto& [name, value] : scores)
    std::cerr << "step " << step << ": " << name << " " << significant(value) << "\n";
}

void report_step(const lm::StepReport& report, double limit) {
  static Clock::time_point next = Clock::now();
  if (Clock::now() < next && report.step != report.n_steps) return;
  next = Clock::now() + kBetweenReports;
  std::cerr << "step " << report.step << "/" << report.n_steps << ": loss "
            << significant(report.cross_entropy) << ", " << short_count(report.tokens_per_second)
            << " tokens/s, " << percent(limit, 0) << " of this machine's matrix product\n";
}

int train_folder(Session& session) {
  lock(session.folder);
  signal(SIGTERM, request_stop);
  signal(SIGINT, request_stop);
  const double most = train::measured_flops_per_second(session.precision);
  const double flops_per_token = session.settings.model.flops_per_token();
  const std::int64_t n_steps = session.settings.recipe_in_force().n_steps;
  const double step_tokens = session.settings.recipe_in_force().batch_tokens();
  lm::TrainWatch watch;
  watch.on_step = [&](const lm::StepReport& report) {
    report_step(report, report.tokens_per_second * flops_per_token / most);
    static bool told = false;
    if (!told && report.step < n_steps) {
      const double left = static_cast<double>(n_steps - report.step) * step_tokens;
      std::cerr << "about " << duration(left / report.tokens_per_second) << " to go\n";
      told = true;
    }
  };
  watch.on_evaluated = report_scores;
  watch.should_stop = [] { return stop_requested.load(); };
  return lm::train(session.settings, session.folder, session.tools(), watch) == n_steps ? 0
                                                                                        : kStopped;
}

/// Tokens per second of a few steps on tokens of no meaning.
double tokens_per_second(const lm::Settings& settings) {
  constexpr int kSteps = 3;  // after one that is not timed
  Session::apply(settings);
  train::TorchNetwork network(settings.model, Session::precision_of(settings));
  const lm::Layout layout = lm::layout_of(settings.model);
  lm::initialize(layout, settings.seed, network.weights());
  lm::AdamState adam{std::vector<float>(layout.n_weights), std::vector<float>(layout.n_weights)};
  lm::Batch batch{.n_sequences = static_cast<std::size_t>(settings.device_batch_size),
                  .length = static_cast<std::size_t>(settings.model.sequence_length)};
  for (std::size_t i = 0; i < batch.n_sequences * batch.length; ++i)
    batch.tokens.push_back(static_cast<lm::Token>(
        i * 7919 % static_cast<std::size_t>(settings.model.padded_vocab_size)));
  Clock::time_point start;
  for (int step = 0; step <= kSteps; ++step) {
    if (step == 1) start = Clock::now();
    network.add_gradients(batch, {1.0 / static_cast<double>(batch.tokens.size()), 0});
    lm::adam_step({}, 1e-6, network.gradients(), network.weights(), adam);
  }
  const std::chrono::duration<double> taken = Clock::now() - start;
  return kSteps * static_cast<double>(batch.tokens.size()) / taken.count();
}

int run(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[0] == "limit") {
    std::cout << train::measured_flops_per_second(words[1] == "bf16" ? train::Precision::bf16
                                                                     : train::Precision::fp32)
              << "\n";
    return 0;
  }
  if (words.size() == 2 && words[0] == "speed") {
    std::cout << tokens_per_second(lm::parse_settings(read_file(words[1]), words[1])) << "\n";
    return 0;
  }
  if (words.size() == 2 && words[0] == "train") {
    Session session(words[1], "");
    return train_folder(session);
  }
  if (words.size() >= 4 && words[0] == "evaluate") {
    Session session(words[1], words[2]);
    std::vector<std::int64_t> steps;
    for (std::size_t i = 3; i < words.size(); ++i)
      steps.push_back(static_cast<std::int64_t>(parse_double(words[i]).value_or(0)));
    lm::evaluate_checkpoints(session.settings, session.folder, steps, session.tools(),
                             {.on_evaluated = report_scores});
    return 0;
  }
  std::cerr << "usage: rung-train train FOLDER | evaluate FOLDER DATA STEP... | speed RUN.toml\n"
               "rung train and rung evaluate start it\n";
  return kBadInput;
}

}  // namespace

int main(int n_arguments, char** arguments) {
  choose_blas_kernels(arguments);
  std::vector<std::string> words(arguments + 1, arguments + n_arguments);
  if (words.size() >= 2 && words.front() == "--with-parent") {
    rung::end_with_parent(static_cast<int>(rung::parse_double(words[1]).value_or(0)));
    words.erase(words.begin(), words.begin() + 2);
  }
  try {
    return run(words);
  } catch (const rung::InputError& error) {
    std::cerr << error.what() << "\n";
  } catch (const std::exception& error) {
    std::cerr << "rung-train: error: " << error.what() << "\n";
  }
  return kBadInput;
}

/// rung-train: what `rung train` and `rung evaluate` start.
///
///   rung-train train FOLDER               trains by FOLDER/run.toml, or goes on
///   rung-train evaluate FOLDER DATA STEP…  evaluates checkpoints on another data file
///   rung-train generate SEED THREADS OPTION VALUE…  prints text from a checkpoint
///   rung-train speed RUN.toml             prints tokens per second of a few steps
///   rung-train limit fp32|bf16            prints the matrix product's FLOPs per second
///
/// Progress goes to standard error. Exit status: 0 done, 1 failed later on, 2 bad input, 130
/// stopped, with a checkpoint where a step was taken.

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "rung/core/failure.hpp"
#include "rung/core/text.hpp"
#include "rung/lm/checkpoint.hpp"
#include "rung/lm/input_check.hpp"
#include "rung/lm/layout.hpp"
#include "rung/lm/optimizer.hpp"
#include "rung/lm/tokenize.hpp"
#include "rung/lm/trainer.hpp"
#include "rung/system/file.hpp"
#include "rung/system/program_path.hpp"
#include "rung/train/generate.hpp"
#include "rung/train/gloo_group.hpp"
#include "rung/train/torch_network.hpp"

namespace {

using namespace rung;
using Clock = std::chrono::steady_clock;

constexpr int kFailed = 1, kBadInput = 2, kStopped = 130;
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

/// What this machine can still give out; absent where it doesn't say.
std::optional<double> available_bytes() {
  for (const std::string& line : split(read_file("/proc/meminfo"), '\n')) {
    if (!line.starts_with("MemAvailable:")) continue;
    const std::string kilobytes(trimmed(std::string_view(line).substr(line.find(':') + 1)));
    const auto value = parse_double(kilobytes.substr(0, kilobytes.find(' ')));
    if (value) return *value * 1024;
  }
  return std::nullopt;
}

/// Rather at once than by the system's killer after an hour.
const lm::Settings& fitting(const lm::Settings& settings) {
  const model::Config& config = settings.model;
  const double state = config.training_state_bytes();
  const double sequences = config.bytes_per_sequence() * settings.device_batch_size;
  const auto available = available_bytes();
  if (!available || state < *available) return settings;
  const auto gigabytes = [](double bytes) { return significant(bytes / 1e9, 3) + " GB"; };
  throw InputError("model '" + config.name + "' takes " + gigabytes(state) +
                       " to train (weights, gradients and moments), and about " +
                       gigabytes(sequences) + " for " + std::to_string(settings.device_batch_size) +
                       " sequences at once; " + gigabytes(*available) + " are free here",
                   "a smaller model, or a machine with more memory");
}

std::string duration(double seconds) {
  const auto s = static_cast<long>(seconds);
  return std::to_string(s / 3600) + "h" + std::to_string(s / 60 % 60) + "m" +
         std::to_string(s % 60) + "s";
}

/// All that one folder is trained or evaluated with.
struct Session {
  /// `data`: "": that of the run, which is trained.
  Session(const std::filesystem::path& run_folder, std::filesystem::path data)
      : folder(run_folder),
        settings(lm::parse_settings(read_file(folder / lm::kSettingsFile),
                                    (folder / lm::kSettingsFile).string())),
        precision(precision_of(settings)),
        network(fitting(settings).model, precision) {
    apply(settings);
    const bool trains = data.empty();
    if (trains) data = settings.data;
    mix = lm::parse_data_mix(read_file(data), data);
    lm::check_inputs(mix,
                     {.sequence_length = static_cast<std::size_t>(settings.model.sequence_length),
                      .model_vocabulary = settings.model.padded_vocab_size,
                      .trains = trains});
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
    return {network, mix, encode, group.get()};
  }

  lm::JobPlace place;
  std::unique_ptr<lm::ProcessGroup> group;  // null: this process alone
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
  if (session.place.rank == 0) lock(session.folder);
  const double most = train::measured_flops_per_second(session.precision) * session.place.size;
  const double flops_per_token = session.settings.model.flops_per_token();
  const std::int64_t n_steps = session.settings.recipe_in_force().n_steps;
  const double step_tokens = session.settings.recipe_in_force().batch_tokens();
  lm::TrainWatch watch;
  const bool reports = session.place.rank == 0;
  watch.on_step = [&](const lm::StepReport& report) {
    if (!reports) return;
    report_step(report, report.tokens_per_second * flops_per_token / most);
    static bool told = false;
    if (!told && report.step < n_steps) {
      const double left = static_cast<double>(n_steps - report.step) * step_tokens;
      std::cerr << "about " << duration(left / report.tokens_per_second) << " to go\n";
      told = true;
    }
  };
  watch.on_evaluated = report_scores;
  watch.on_notice = [&](const std::string& sentence) {
    if (reports) std::cerr << sentence << "\n";
  };
  watch.should_stop = [] { return stop_requested.load(); };
  if (stop_requested && !session.group) {  // of several the others must learn of it
    std::cerr << "stopped before a step was taken\n";
    return kStopped;
  }
  try {
    const auto step = lm::train(session.settings, session.folder, session.tools(), watch);
    if (step == n_steps) return 0;
    if (reports)
      std::cerr << "stopped after step " << step
                << ", with a checkpoint: the same command goes on\n";
    return kStopped;
  } catch (const lm::LostProcess& error) {
    const auto saved = lm::checkpoint_steps(session.folder);
    throw Failure("process " + std::to_string(session.place.rank) +
                      " of this job lost another one: " + error.what(),
                  saved.empty() ? "no checkpoint was written yet; start the job again"
                                : "start the job again: it goes on from step " +
                                      std::to_string(saved.back()));
  }
}

/// Tokens per second of a few steps on tokens of no meaning.
double tokens_per_second(const lm::Settings& settings) {
  constexpr int kSteps = 3;  // after one that is not timed
  Session::apply(settings);
  train::TorchNetwork network(fitting(settings).model, Session::precision_of(settings));
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
  if (words.size() >= 3 && words[0] == "generate") {
    const auto seed = static_cast<std::uint64_t>(parse_double(words[1]).value_or(0));
    const int n_threads = static_cast<int>(parse_double(words[2]).value_or(0));
    if (n_threads > 0) train::set_threads(n_threads);
    std::cout << train::generate(lm::parse_generate_request({words.begin() + 3, words.end()}),
                                 seed);
    return 0;
  }
  if (words.size() == 2 && words[0] == "train") {
    signal(SIGTERM, request_stop);
    signal(SIGINT, request_stop);
    // First the group: the process of rank 0 comes only once the folder is made.
    const lm::JobPlace place = lm::job_place_of_environment();
    std::unique_ptr<lm::ProcessGroup> group;
    if (place.size > 1) group = train::join_group(place);
    Session session(words[1], "");
    session.place = place;
    session.group = std::move(group);
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
  std::cerr << "usage: rung-train train FOLDER | evaluate FOLDER DATA STEP... | generate SEED "
               "THREADS ... "
               "| speed RUN.toml\nrung train, rung evaluate and rung generate start it\n";
  return kBadInput;
}

}  // namespace

int main(int n_arguments, char** arguments) {
  choose_blas_kernels(arguments);
  signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is an error in words, as a full disk is
  std::vector<std::string> words(arguments + 1, arguments + n_arguments);
  if (words.size() >= 2 && words.front() == "--with-parent") {
    rung::end_with_parent(static_cast<int>(rung::parse_double(words[1]).value_or(0)));
    words.erase(words.begin(), words.begin() + 2);
  }
  try {
    return run(words);
  } catch (const rung::Failure& error) {
    std::cerr << error.what() << "\n";
  } catch (const rung::InputError& error) {
    std::cerr << error.what() << "\n";
    return kBadInput;
  } catch (const std::bad_alloc&) {
    std::cerr << "error: out of memory\n";
  } catch (const std::exception& error) {
    std::cerr << "rung-train: error: " << error.what() << "\n";
  }
  return kFailed;
}

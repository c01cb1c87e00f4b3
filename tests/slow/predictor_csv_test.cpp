// Every member's predictions on the ladders of docs/predictor.md as CSV, of the targets, of the
// runs that each fold holds out, and of the runs that members are fitted to: what rules of
// combination are tried on. RUNG_TABLE_CSV=FOLDER asks for it (some minutes).
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <numeric>

#include "rung/core/numbers.hpp"
#include "rung/study/ladder/combined.hpp"
#include "tests/support/ladder_families.hpp"

namespace rung::ladder {
namespace {

class Csv {
 public:
  explicit Csv(const char* path) : file_(std::fopen(path, "w")) {
    text(
        "family,split,task,half,kind,fold,run,model,n,d,log_distance,actual,chance,n_examples,"
        "n_train,n_clusters,signal,trend,above,combined,lower,upper,expected,reach,trust,marks,run_"
        "sd,"
        "sampling_sd,parameters_sd,discrepancy_sd,total_sd,checkpoints_sd");
    for (const Member& member : all_members()) text("," + member.name);
    text("\n");
  }
  ~Csv() { std::fclose(file_); }
  Csv(const Csv&) = delete;
  Csv& operator=(const Csv&) = delete;

  bool good() const { return file_ != nullptr; }
  void text(const std::string& what) { std::fputs(what.c_str(), file_); }
  void number(double value) { std::fprintf(file_, std::isnan(value) ? "," : ",%.9g", value); }
  void number(const std::optional<double>& value) { number(value.value_or(kNaN)); }
  void word(std::string what) {
    std::replace(what.begin(), what.end(), ',', ';');
    text("," + what);
  }

 private:
  std::FILE* file_;
};

struct Place {
  const LadderCase* one;
  const TaskData* data;
  const char* kind;
  int fold;
  std::size_t n_train, n_clusters;
  double log_most;
};

void start_row(Csv& csv, const Place& at, const RunData& run, int index) {
  std::string family = at.one->family;
  std::replace(family.begin(), family.end(), ',', ';');
  csv.text(family);
  csv.word(at.one->split);
  csv.word(at.data->task.key);
  csv.word(at.one->half == Half::held_out ? "held out" : "choice");
  csv.word(at.kind);
  csv.number(static_cast<double>(at.fold));
  csv.number(static_cast<double>(index));
  csv.word(run.origin.model);
  csv.number(run.scale.n_params);
  csv.number(run.scale.n_tokens);
  csv.number(std::log(run.scale.compute_or_rule()) - at.log_most);
  csv.number(run.accuracy);
  csv.number(at.data->task.chance);
  csv.number(at.data->task.n_examples);
  csv.number(static_cast<double>(at.n_train));
  csv.number(static_cast<double>(at.n_clusters));
}

void add_signal(Csv& csv, const TaskSignal& signal) {
  csv.word(std::string(signal_name(signal.signal)));
  csv.number(signal.trend);
  csv.number(signal.above_chance);
}

void add_result(Csv& csv, const CombinedTarget* target) {
  if (!target) {
    for (int i = 0; i < 13; ++i) csv.number(kNaN);
    return;
  }
  csv.number(target->prediction.predicted);
  const auto& interval = target->prediction.interval;
  csv.number(interval ? interval->lower : kNaN);
  csv.number(interval ? interval->upper : kNaN);
  csv.number(target->expected_error);
  csv.number(target->reach);
  csv.word(std::string(trust_name(target->trust)));
  csv.word(join(target->marks, " | "));
  const IntervalParts parts =
      target->parts.value_or(IntervalParts{kNaN, kNaN, kNaN, kNaN, kNaN, kNaN});
  for (const double sd : {parts.run, parts.sampling, parts.parameters, parts.discrepancy,
                          parts.total, parts.checkpoints})
    csv.number(sd);
}

void add_members(Csv& csv, const std::vector<Member>& available,
                 const std::vector<std::optional<double>>& predictions) {
  for (const Member& member : all_members()) {
    double value = kNaN;
    for (std::size_t m = 0; m < available.size(); ++m) {
      if (available[m].name == member.name) value = predictions[m].value_or(kNaN);
    }
    csv.number(value);
  }
  csv.text("\n");
}

struct TaskOfCase {
  const LadderCase& one;
  const TaskData& data;
  const CombinedTask& combined;
  const std::vector<Fold>& folds;
};

void add_fit(Csv& csv, const TaskOfCase& of, int fold, const std::vector<std::size_t>& train,
             FitMemory& memory) {
  const TaskData& data = of.data;
  const std::vector<Member> available = available_members(data);
  const FittedMembers fitted(data, available, train, &memory);
  const TaskSignal signal = signal_of(data, train);
  double log_most = -kInfinity;
  for (const std::size_t i : train)
    log_most = std::max(log_most, std::log(data.runs[i].scale.compute_or_rule()));
  const std::size_t n_clusters = RunClusters(data.runs).among(train).n;
  const auto row = [&](const char* kind, const RunData& run, std::size_t index,
                       const CombinedTarget* target) {
    start_row(csv, {&of.one, &data, kind, fold, train.size(), n_clusters, log_most}, run,
              static_cast<int>(index));
    add_signal(csv, signal);
    add_result(csv, target);
    add_members(csv, available, fitted.predict(run.scale));
  };
  for (const std::size_t i : train) row("train", data.runs[i], i, nullptr);
  if (fold < 0) {
    for (std::size_t k = 0; k < data.targets.size(); ++k)
      row("target", data.targets[k], k, &of.combined.targets[k]);
  } else {
    for (const std::size_t i : of.folds[static_cast<std::size_t>(fold)].test)
      row("test", data.runs[i], i, nullptr);
  }
}

void add_case(Csv& csv, const LadderCase& one) {
  const CombinedResult combined = run_combined(one.ladder, one.tasks, {.n_threads = 1});
  std::vector<std::string> notes;
  const std::vector<TaskData> data = task_data(one.ladder, one.tasks, {}, notes);
  FitMemory memory;
  for (std::size_t t = 0; t < data.size(); ++t) {
    const TaskOfCase of{one, data[t], combined.tasks[t], combined.folds};
    std::vector<std::size_t> all(data[t].runs.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    add_fit(csv, of, -1, all, memory);
    for (std::size_t f = 0; f < combined.folds.size(); ++f)
      add_fit(csv, of, static_cast<int>(f), combined.folds[f].train, memory);
  }
}

/// Into the file `name` of the folder that RUNG_TABLE_CSV names.
void write(const std::string& name, const std::vector<LadderCase>& cases) {
  const char* folder = std::getenv("RUNG_TABLE_CSV");
  Csv csv((std::string(folder) + "/" + name).c_str());
  ASSERT_TRUE(csv.good()) << folder;
  for (const LadderCase& one : cases) add_case(csv, one);
}

class PredictorCsv : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::getenv("RUNG_TABLE_CSV"))
      GTEST_SKIP() << "RUNG_TABLE_CSV=FOLDER asks for the members' predictions";
  }
};

TEST_F(PredictorCsv, OfTheOlmoLadder) { write("olmo.csv", olmo_cases()); }

TEST_F(PredictorCsv, OfPublicFamilies) {
  write("public.csv", public_cases(Half::choice));
  write("public_held_out.csv", public_cases(Half::held_out));
}

TEST_F(PredictorCsv, OfMadeUpLadders) {
  write("made_up.csv", simulated_cases(Half::choice, 8));
  write("made_up_held_out.csv", simulated_cases(Half::held_out, 8));
}

TEST_F(PredictorCsv, OfTheTestbed) {
  write("testbed.csv", testbed_cases(Half::choice));
  write("testbed_held_out.csv", testbed_cases(Half::held_out));
}

TEST_F(PredictorCsv, OfTheTestbedHeldOut) {
  write("testbed_held_out.csv", testbed_cases(Half::held_out, 2));
}

}  // namespace
}  // namespace rung::ladder

#pragma once
/// Where one more run's accuracy lies at a loss, by the runs that step 2 is fitted to.

#include <optional>

#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

/// At step 2's level: the curve's own variance, with checkpoints that share their noise within
/// clusters of runs (Liang and Zeger 1986), the runs' mean square about the curve at their ends,
/// and the draw of the questions, where their number is known; as Student's t with as many degrees
/// of freedom as there are clusters beyond the parameters. Where the runs leave doubt about the
/// curve's end it reaches over that of the other curve, as a chained prediction's does. Absent
/// where the checkpoints do not determine the curve, and for too few runs. Knows of no curve that
/// bends off beyond the runs.
class Step2Intervals {
 public:
  explicit Step2Intervals(const Step2Result& step2);
  std::optional<Interval> at(double loss) const;

 private:
  struct OfCurve {
    OfCurve(const Step2Result& step2, Fitted curve);
    std::optional<Interval> at(double loss) const;

    Fitted fitted;
    Task task;
    double level;
    std::vector<int> cluster_of;  // by training checkpoint
    double runs = 0, clusters = 0, run_variance = 0;
  };

  OfCurve curve_;
  std::optional<OfCurve> other_;
};

/// The fitted curve where checkpoints share their noise within clusters of runs.
Fitted by_clusters(const Step2Result& step2);

/// The same as other commands predict by it, without the runs: where they leave doubt about its end
/// the other curve is its rival.
Fitted fit_to_save(const Step2Result& step2);

}  // namespace rung::ladder

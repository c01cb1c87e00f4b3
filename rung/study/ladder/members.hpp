#pragma once
/// The ways of predicting a task's accuracy that the combined predictor puts together: two-steps
/// through a loss by one of two laws, and steps straight from size and data or from compute.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rung/study/ladder/pieces.hpp"

namespace rung::ladder {

struct Member {
  std::string name;            // "task_bpb_nd"
  std::string title;           // "task bpb, N and D"
  Piece scale;                 // loss from scale, or accuracy from scale
  std::optional<Piece> curve;  // accuracy from that loss
};

/// All that there are, the published two-step first.
const std::vector<Member>& all_members();

/// The members of `all_members` that this ladder can feed.
std::vector<Member> available_members(const TaskData& data);

/// What a ladder would have to measure for the members that it cannot feed: "bits per byte of the
/// answers".
std::vector<std::string> missing_measures(const TaskData& data);

/// All members fitted to some of a task's training runs.
class FittedMembers {
 public:
  /// `runs` are indices into data.runs. Members whose points cannot be fitted predict nothing.
  FittedMembers(const TaskData& data, const std::vector<Member>& members,
                std::span<const std::size_t> runs, FitMemory* memory = nullptr);

  /// Accuracy at `at`, one for each member; absent where the member has no fit or no compute.
  std::vector<std::optional<double>> predict(const Scale& at) const;

  /// The same members with each group of runs in turn taken away, refitted from this optimum:
  /// [groups]. `group_of` says which group each of runs() is in.
  std::vector<FittedMembers> leave_out(std::span<const int> group_of, std::size_t n_groups) const;
  /// Every run its own group: [runs].
  std::vector<FittedMembers> leave_one_out() const;

  /// The same members with the task's maximum at `maximum`, refitted from this optimum.
  FittedMembers ending_at(double maximum) const;

  const std::vector<std::size_t>& runs() const { return runs_; }

 private:
  struct Places {
    std::size_t scale;
    std::optional<std::size_t> curve;
  };

  std::size_t place_of(const Piece& piece);

  const TaskData* data_ = nullptr;
  std::vector<std::size_t> runs_;
  std::vector<Places> places_;  // by member: its pieces' places
  std::vector<Piece> pieces_;   // each once
  std::vector<Theta> thetas_;   // by piece
};

}  // namespace rung::ladder

#include "rung/train/attention.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "rung/train/row_kernels.hpp"

extern "C" void sgemm_(const char* transposes_a, const char* transposes_b, const int* m,
                       const int* n, const int* k, const float* alpha, const float* a,
                       const int* lda, const float* b, const int* ldb, const float* beta, float* c,
                       const int* ldc);

namespace rung::train {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kQueriesAtOnce = 128;

/// Rows of numbers, each `stride` after the one before.
struct Matrix {
  float* numbers;
  std::int64_t stride;

  float* row(std::int64_t i) const { return numbers + i * stride; }
  Matrix from(std::int64_t i) const { return {row(i), stride}; }
};

struct Factor {
  Matrix matrix;
  char as = 'N';  // BLAS's word for "as it is"; 'T': transposed
};
Factor transposed(Matrix matrix) { return {matrix, 'T'}; }

struct Size {
  std::int64_t m, n, k;
};

/// c = a * b + kept * c, of m x k by k x n.
void product(const Size& size, const Factor& a, const Factor& b, float kept, Matrix c) {
  const auto whole = [](std::int64_t x) { return static_cast<int>(x); };
  const int m = whole(size.m), n = whole(size.n), k = whole(size.k);
  const int lda = whole(a.matrix.stride), ldb = whole(b.matrix.stride), ldc = whole(c.stride);
  const float one = 1;
  // BLAS counts by columns, for which c is its transpose.
  sgemm_(&b.as, &a.as, &n, &m, &k, &one, b.matrix.numbers, &ldb, a.matrix.numbers, &lda, &kept,
         c.numbers, &ldc);
}

/// A batch's tensors as heads of sequences: [B, T, d].
class Heads {
 public:
  Heads(const Tensor& tensor, std::int64_t n_heads)
      : tensor_(tensor.stride(2) == 1 ? tensor : tensor.contiguous()), n_heads_(n_heads) {}

  Matrix of(std::int64_t i) const {
    const std::int64_t width = tensor_.size(2) / n_heads_;
    return {tensor_.data_ptr<float>() + i / n_heads_ * tensor_.stride(0) + i % n_heads_ * width,
            tensor_.stride(1)};
  }

 private:
  Tensor tensor_;
  std::int64_t n_heads_;
};

struct Shape {
  std::int64_t length, width;  // of a head
  float scale() const { return 1.0F / std::sqrt(static_cast<float>(width)); }
};

/// Room that a thread uses for one head after another.
struct Room {
  explicit Room(const Shape& shape)
      : size(static_cast<std::size_t>(shape.length * shape.width)), width(shape.width) {}
  Matrix matrix() {
    matrices.emplace_back(size);
    return {matrices.back().data(), width};
  }
  std::size_t size;
  std::int64_t width;
  std::vector<std::vector<float>> matrices;
};

struct Angles {
  explicit Angles(const Rotation& rotation)
      : cosine{rotation.cosine.data_ptr<float>(), rotation.cosine.size(1)},
        sine{rotation.sine.data_ptr<float>(), rotation.sine.size(1)} {}
  RowAngles row(std::int64_t t) const {
    return {cosine.row(t), sine.row(t), static_cast<std::size_t>(cosine.stride)};
  }
  Matrix cosine, sine;
};

void turn(Matrix x, const Angles& angles, const Shape& shape, float scale, Matrix turned) {
  for (std::int64_t t = 0; t < shape.length; ++t)
    turn_row(x.row(t), angles.row(t), scale, turned.row(t));
}
void turn_back(Matrix x, const Angles& angles, const Shape& shape, float scale, Matrix turned) {
  for (std::int64_t t = 0; t < shape.length; ++t)
    turn_back_row(x.row(t), angles.row(t), scale, turned.row(t));
}

/// Some queries of one head of one sequence, and what they see.
struct Queries {
  std::int64_t first, n, n_keys;

  static Queries from(std::int64_t first, const Shape& shape) {
    const std::int64_t n = std::min(kQueriesAtOnce, shape.length - first);
    return {first, n, first + n};
  }
  std::size_t n_seen(std::int64_t i) const { return static_cast<std::size_t>(first + i + 1); }
  /// Nothing is taken of what comes later.
  void clear_later(std::int64_t i, float* row) const {
    std::fill(row + first + i + 1, row + n_keys, 0.0F);
  }
};

/// How much each query takes of each key.
void set_shares(const Queries& queries, Matrix q, Matrix k, const Shape& shape, Matrix shares) {
  product({queries.n, queries.n_keys, shape.width}, {q.from(queries.first)}, transposed(k), 0,
          shares);
  for (std::int64_t i = 0; i < queries.n; ++i) {
    softmax_row(shares.row(i), queries.n_seen(i));
    queries.clear_later(i, shares.row(i));
  }
}

struct Attention : torch::autograd::Function<Attention> {
  struct Kind {
    Rotation rotation;
    std::int64_t n_heads;
  };

  static Tensor forward(AutogradContext* context, const Tensor& q, const Tensor& k, const Tensor& v,
                        const Kind& kind) {
    const std::int64_t n_heads = kind.n_heads;
    const Tensor mixed = at::empty(q.sizes(), at::kFloat);
    const Heads qs(q, n_heads), ks(k, n_heads), vs(v, n_heads), to(mixed, n_heads);
    const Shape shape{q.size(1), q.size(2) / n_heads};
    const Angles angles(kind.rotation);
    at::parallel_for(0, q.size(0) * n_heads, 1, [&](std::int64_t begin, std::int64_t end) {
      Room room(shape);
      const Matrix turned_q = room.matrix(), turned_k = room.matrix();
      std::vector<float> scores(static_cast<std::size_t>(kQueriesAtOnce * shape.length));
      const Matrix shares{scores.data(), shape.length};
      for (std::int64_t i = begin; i < end; ++i) {
        turn(qs.of(i), angles, shape, shape.scale(), turned_q);
        turn(ks.of(i), angles, shape, 1, turned_k);
        for (std::int64_t first = 0; first < shape.length; first += kQueriesAtOnce) {
          const Queries queries = Queries::from(first, shape);
          set_shares(queries, turned_q, turned_k, shape, shares);
          product({queries.n, shape.width, queries.n_keys}, {shares}, {vs.of(i)}, 0,
                  to.of(i).from(first));
        }
      }
    });
    context->save_for_backward({q, k, v, kind.rotation.cosine, kind.rotation.sine});
    context->saved_data["n_heads"] = n_heads;
    return mixed;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const std::int64_t n_heads = context->saved_data["n_heads"].toInt();
    const Tensor &q = saved[0], &k = saved[1], &v = saved[2];
    const Heads qs(q, n_heads), ks(k, n_heads), vs(v, n_heads), out(gradients[0], n_heads);
    const Tensor to_q = at::empty(q.sizes(), at::kFloat), to_k = at::empty_like(to_q);
    const Tensor to_v = at::zeros(q.sizes(), at::kFloat);
    const Heads to_qs(to_q, n_heads), to_ks(to_k, n_heads), to_vs(to_v, n_heads);
    const Shape shape{q.size(1), q.size(2) / n_heads};
    const Angles angles({saved[3], saved[4]});
    at::parallel_for(0, q.size(0) * n_heads, 1, [&](std::int64_t begin, std::int64_t end) {
      Room room(shape);
      const Matrix turned_q = room.matrix(), turned_k = room.matrix();
      const Gradients sums{room.matrix(), room.matrix()};
      for (std::int64_t i = begin; i < end; ++i) {
        turn(qs.of(i), angles, shape, shape.scale(), turned_q);
        turn(ks.of(i), angles, shape, 1, turned_k);
        std::fill_n(sums.k.numbers, room.size, 0.0F);
        add_gradients({turned_q, turned_k, vs.of(i), out.of(i)}, shape,
                      {sums.q, sums.k, to_vs.of(i)});
        turn_back(sums.q, angles, shape, shape.scale(), to_qs.of(i));
        turn_back(sums.k, angles, shape, 1, to_ks.of(i));
      }
    });
    return {to_q, to_k, to_v, {}};
  }

  struct Head {
    Matrix q, k, v, out;  // `out`: the gradient of what the head gave
  };
  struct Gradients {
    Matrix q, k, v = {};
  };

  /// Sets that of the queries, adds to those of keys and values.
  static void add_gradients(const Head& head, const Shape& shape, const Gradients& to) {
    const auto room = static_cast<std::size_t>(kQueriesAtOnce * shape.length);
    std::vector<float> scores(room), gradients(room);
    const Matrix shares{scores.data(), shape.length}, to_scores{gradients.data(), shape.length};
    for (std::int64_t first = 0; first < shape.length; first += kQueriesAtOnce) {
      const Queries queries = Queries::from(first, shape);
      const Matrix out = head.out.from(first);
      set_shares(queries, head.q, head.k, shape, shares);
      product({queries.n_keys, shape.width, queries.n}, transposed(shares), {out}, 1, to.v);
      product({queries.n, queries.n_keys, shape.width}, {out}, transposed(head.v), 0, to_scores);
      for (std::int64_t i = 0; i < queries.n; ++i) {
        softmax_gradient_row(shares.row(i), to_scores.row(i), queries.n_seen(i));
        queries.clear_later(i, to_scores.row(i));
      }
      product({queries.n, shape.width, queries.n_keys}, {to_scores}, {head.k}, 0, to.q.from(first));
      product({queries.n_keys, shape.width, queries.n}, transposed(to_scores), {head.q.from(first)},
              1, to.k);
    }
  }
};

}  // namespace

Tensor rotary_attention(const Tensor& q, const Tensor& k, const Tensor& v, const Rotation& rotation,
                        std::int64_t n_heads) {
  return Attention::apply(q, k, v, Attention::Kind{rotation, n_heads});
}

}  // namespace rung::train

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// PyTorch's eager operators from C++, behind C functions that the benchmark
// calls. Each call allocates its result, as in any program that uses them, and
// frees that of the call before.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <cstring>

namespace {
enum Operation { LayerNorm, RMSNorm, AddLayerNorm, ChannelNorm, GroupNorm };

struct Call {
  Operation operation;
  at::Tensor x, residual, gamma, beta, y, sum;
  int64_t groups;
};

at::Tensor wrap(void *data, at::IntArrayRef shape, bool isBF16) {
  return at::from_blob(
      data, shape,
      at::TensorOptions().dtype(isBF16 ? at::kBFloat16 : at::kFloat));
}

at::Tensor layerNorm(const at::Tensor &x, const Call &call) {
  return at::layer_norm(x, {call.gamma.size(0)}, call.gamma, call.beta, 1e-5);
}
} // namespace

extern "C" {

void torch_set_threads(int threads) { at::set_num_threads(threads); }

/// `operation` as in the enumeration; null for what the operation does not
/// have. Parameters are f32 of `shape[1]` elements.
Call *torch_call(int operation, int rank, const int64_t *shape, int isBF16,
                 void *x, void *residual, void *gamma, void *beta,
                 int64_t groups) {
  at::IntArrayRef sizes(shape, rank);
  auto *call = new Call{Operation(operation)};
  call->x = wrap(x, sizes, isBF16);
  if (residual)
    call->residual = wrap(residual, sizes, isBF16);
  call->gamma = wrap(gamma, {shape[1]}, false);
  if (beta)
    call->beta = wrap(beta, {shape[1]}, false);
  call->groups = groups;
  return call;
}

/// What is timed.
void torch_execute(Call *call) {
  c10::InferenceMode guard;
  switch (call->operation) {
  case LayerNorm:
    call->y = at::Tensor();
    call->y = layerNorm(call->x, *call);
    break;
  case RMSNorm:
    call->y = at::Tensor();
    call->y = at::rms_norm(call->x, {call->gamma.size(0)}, call->gamma, 1e-5);
    break;
  case AddLayerNorm:
    call->y = call->sum = at::Tensor();
    call->sum = call->x + call->residual;
    call->y = layerNorm(call->sum, *call);
    break;
  case ChannelNorm:
    call->y = at::Tensor();
    call->y = layerNorm(call->x.permute({0, 2, 3, 1}), *call)
                  .permute({0, 3, 1, 2})
                  .contiguous();
    break;
  case GroupNorm:
    call->y = at::Tensor();
    call->y =
        at::group_norm(call->x, call->groups, call->gamma, call->beta, 1e-5);
    break;
  }
}

/// Copies the results of the last call; `sum` may be null.
void torch_results(Call *call, void *y, void *sum) {
  std::memcpy(y, call->y.data_ptr(), call->y.nbytes());
  if (sum)
    std::memcpy(sum, call->sum.data_ptr(), call->sum.nbytes());
}
}

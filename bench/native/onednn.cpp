// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Layer, RMS and group norm by oneDNN, behind C functions that the benchmark
// calls.

#include <cstdint>
#include <cstdio>
#include <dnnl.hpp>
#include <stdexcept>
#include <vector>

using dnnl::memory;

namespace {
thread_local char message[256];

/// A primitive with its arguments as the C interface takes them, which costs
/// less per call than C++'s map. One stream and engine for all.
struct Call {
  dnnl::primitive primitive;
  std::vector<memory> memories;
  std::vector<dnnl_exec_arg_t> arguments;

  void add(int name, const memory &value) {
    memories.push_back(value);
    arguments.push_back({name, memories.back().get()});
  }
};

dnnl::engine &getEngine() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream &getStream() {
  static dnnl::stream stream(getEngine());
  return stream;
}

memory makeMemory(const memory::desc &desc, void *data) {
  return memory(desc, getEngine(), data);
}

/// Completes a call: the large arrays and the parameters, both as descriptors
/// with addresses.
Call *makeCall(const dnnl::primitive &primitive, const memory::desc &large,
               void *x, void *y, const memory::desc &parameter, void *gamma,
               void *beta) {
  auto *call = new Call{primitive, {}, {}};
  call->add(DNNL_ARG_SRC, makeMemory(large, x));
  call->add(DNNL_ARG_DST, makeMemory(large, y));
  call->add(DNNL_ARG_SCALE, makeMemory(parameter, gamma));
  if (beta)
    call->add(DNNL_ARG_SHIFT, makeMemory(parameter, beta));
  return call;
}

template <typename Make>
Call *orMessage(Make make) {
  try {
    return make();
  } catch (const std::exception &error) {
    std::snprintf(message, sizeof message, "%s", error.what());
    return nullptr;
  }
}
} // namespace

extern "C" {

/// Why the last function that returned null did so.
const char *onednn_message() { return message; }

/// 100 * major + minor.
int onednn_version() {
  const dnnl_version_t *version = dnnl::version();
  return version->major * 100 + version->minor;
}

/// Rows x columns, over the last dim; beta null for an RMS norm. Null: no such
/// primitive.
Call *onednn_layer_norm(int64_t rows, int64_t columns, int isBF16, void *x,
                        void *gamma, void *beta, void *y) {
  return orMessage([&] {
    auto flags = dnnl::normalization_flags::use_scale;
    if (beta)
      flags |= dnnl::normalization_flags::use_shift;
    else
#ifdef NORM_BENCH_ONEDNN_RMS
      flags |= dnnl::normalization_flags::rms_norm;
#else
      throw std::runtime_error("this version has no RMS norm");
#endif
    auto type = isBF16 ? memory::data_type::bf16 : memory::data_type::f32;
    memory::desc large({rows, columns}, type, memory::format_tag::ab);
    memory::desc parameter({columns}, memory::data_type::f32,
                           memory::format_tag::a);
    dnnl::layer_normalization_forward::primitive_desc desc(
        getEngine(), dnnl::prop_kind::forward_inference, large, large, 1e-5f,
        flags);
    return makeCall(dnnl::layer_normalization_forward(desc), large, x, y,
                    parameter, gamma, beta);
  });
}

/// NCHW. Null: no such primitive.
Call *onednn_group_norm(int64_t batch, int64_t channels, int64_t height,
                        int64_t width, int64_t groups, void *x, void *gamma,
                        void *beta, void *y) {
  return orMessage([&]() -> Call * {
#ifdef NORM_BENCH_ONEDNN_GROUP_NORM
    memory::desc large({batch, channels, height, width}, memory::data_type::f32,
                       memory::format_tag::nchw);
    memory::desc parameter({channels}, memory::data_type::f32,
                           memory::format_tag::a);
    dnnl::group_normalization_forward::primitive_desc desc(
        getEngine(), dnnl::prop_kind::forward_inference, large, large, groups,
        1e-5f,
        dnnl::normalization_flags::use_scale |
            dnnl::normalization_flags::use_shift);
    return makeCall(dnnl::group_normalization_forward(desc), large, x, y,
                    parameter, gamma, beta);
#else
    throw std::runtime_error("this version has no group norm");
#endif
  });
}

/// What is timed.
void onednn_execute(Call *call) {
  dnnl_primitive_execute(call->primitive.get(), getStream().get(),
                         int(call->arguments.size()), call->arguments.data());
  getStream().wait();
}
}

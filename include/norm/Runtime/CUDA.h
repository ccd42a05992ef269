// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Launches kernels on NVIDIA GPUs. What norm-gpu-to-cuda-calls makes of
// launches calls these functions; a caller of such code needs those about
// errors.
//
// The driver (libcuda.so.1) is loaded at the first call that needs it. Nothing
// here waits for the GPU but norm_cuda_synchronize, the first use of a constant
// and, on devices without memory pools, norm_cuda_allocate and norm_cuda_free.
// A stream is a CUstream (which a cudaStream_t is too); its context is used.
// With the null stream that is the thread's current context or, if there is
// none, the first device's primary one. All functions may be called by several
// threads at a time.

#ifndef NORM_RUNTIME_CUDA_H
#define NORM_RUNTIME_CUDA_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

// What norm_cuda_status returns; positive values are the driver's CUresult.
enum {
  NORM_CUDA_OK = 0,
  // There is no driver, or it is too old.
  NORM_CUDA_NO_DRIVER = -1,
  // The driver has no device.
  NORM_CUDA_NO_DEVICE = -2,
  // A grid, block, cluster or size of memory that no GPU has.
  NORM_CUDA_BAD_LAUNCH = -3
};

// The first error of this thread since the last call of norm_cuda_clear_error,
// and a line of text about it, null without an error. After an error the other
// functions do nothing on this thread and return null, so that checking once,
// behind a sequence of calls, is enough; memory is freed all the same.
int norm_cuda_status(void);
const char *norm_cuda_error(void);
void norm_cuda_clear_error(void);

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

// Kernels in one image, which is loaded into each context that it is first used
// in. Must stay where it is.
typedef struct norm_cuda_module {
  // A cubin, a fatbin, or PTX that ends with a zero.
  const void *image;
  // What it was compiled for, as in "sm_90": a part of messages.
  const char *chip;
  // The runtime's; zero at first.
  uint64_t id;
} norm_cuda_module;

// Sizes along x, y and z; a cluster of zeros is none.
typedef struct norm_cuda_grid {
  int64_t blocks[3];
  int64_t threads[3];
  int64_t cluster[3];
  // Workgroup memory beyond what the kernel itself declares.
  int64_t dynamic_bytes;
} norm_cuda_grid;

// Puts a kernel into the stream. arguments[i] points to the i-th argument's
// value. A grid without blocks is no launch.
void norm_cuda_launch(norm_cuda_module *module, const char *kernel,
                      const norm_cuda_grid *grid, void *const *arguments,
                      void *stream);

// Takes the module out of all contexts, when no kernel of it runs. It can be
// launched again.
void norm_cuda_unload(norm_cuda_module *module);

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

// Memory of the device, for what the stream does next; 256 bytes aligned. Null
// for no bytes.
void *norm_cuda_allocate(int64_t num_bytes, void *stream);
// Frees it when the stream has come so far. Null is ignored.
void norm_cuda_free(void *memory, void *stream);
// Copies between any of host and device.
void norm_cuda_copy(void *to, const void *from, int64_t num_bytes,
                    void *stream);

// Where the program's data is on the device: copied to each context that it is
// first used in, which waits for the stream (and cannot be captured in a
// graph). `id` is the runtime's, one per data, and zero at first.
void *norm_cuda_get_constant(uint64_t *id, const void *data, int64_t num_bytes,
                             void *stream);

// Takes the data out of all contexts, when nothing uses it.
void norm_cuda_free_constant(uint64_t *id);

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

// Waits for the stream.
void norm_cuda_synchronize(void *stream);

// The compute capability of the stream's device, times ten: 90 for sm_90; 0 on
// an error.
int norm_cuda_get_architecture(void *stream);

#ifdef __cplusplus
}
#endif

#endif // NORM_RUNTIME_CUDA_H

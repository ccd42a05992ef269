// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// The functions of the CUDA driver that the runtime calls, found at run time.
/// Types and numbers are those of the driver's ABI (CUDA Driver API reference);
/// its headers are not needed.

#ifndef NORM_LIB_RUNTIME_CUDA_DRIVER_H
#define NORM_LIB_RUNTIME_CUDA_DRIVER_H

#include <cstddef>
#include <cstdint>
#include <string>

namespace mlir::norm::cuda {

/// CUresult: zero is success.
using Result = int;
/// CUdevice: an ordinal.
using Device = int;
using Context = struct OpaqueContext *;
using Module = struct OpaqueModule *;
using Function = struct OpaqueFunction *;
using Stream = struct OpaqueStream *;
/// CUdeviceptr.
using Address = uint64_t;

// CUjit_option.
inline constexpr int jitErrorLogBuffer = 5, jitErrorLogBytes = 6;
// CUdevice_attribute.
inline constexpr int capabilityMajor = 75, capabilityMinor = 76,
                     memoryPoolsSupported = 115;
// CUfunction_attribute.
inline constexpr int maxDynamicSharedBytes = 8, nonPortableClusterSize = 14;

/// CUlaunchAttribute, of the kind that gives the size of clusters.
struct LaunchAttribute {
  int id = 4;
  char padding[4] = {};
  union {
    unsigned clusterSize[3];
    char bytes[64];
  } value = {};
};

/// CUlaunchConfig.
struct LaunchConfig {
  unsigned blocks[3];
  unsigned threads[3];
  unsigned dynamicBytes;
  Stream stream;
  LaunchAttribute *attributes;
  unsigned numAttributes;
};

struct Driver {
  Result (*init)(unsigned flags);
  Result (*getErrorName)(Result, const char **);
  Result (*getErrorString)(Result, const char **);
  Result (*getDeviceCount)(int *);
  Result (*getDeviceAttribute)(int *, int attribute, Device);
  Result (*retainPrimaryContext)(Context *, Device);
  Result (*getCurrentContext)(Context *);
  Result (*pushContext)(Context);
  Result (*popContext)(Context *);
  Result (*getContextDevice)(Device *);
  Result (*getStreamContext)(Stream, Context *);
  Result (*synchronize)(Stream);
  Result (*loadModule)(Module *, const void *image, unsigned numOptions,
                       int *options, void **values);
  Result (*unloadModule)(Module);
  Result (*getFunction)(Function *, Module, const char *name);
  Result (*setFunctionAttribute)(Function, int attribute, int value);
  Result (*launch)(Function, unsigned, unsigned, unsigned, unsigned, unsigned,
                   unsigned, unsigned dynamicBytes, Stream, void **arguments,
                   void **extra);
  Result (*allocate)(Address *, size_t);
  Result (*free)(Address);
  Result (*copyAsync)(Address to, Address from, size_t, Stream);

  // Null in older drivers.
  /// CUDA 11.2.
  Result (*allocateAsync)(Address *, size_t, Stream);
  Result (*freeAsync)(Address, Stream);
  /// CUDA 11.8.
  Result (*launchEx)(const LaunchConfig *, Function, void **arguments,
                     void **extra);
  /// CUDA 12.0.
  Result (*getContextId)(Context, unsigned long long *);

  /// The driver, initialized; null, and a line that says why, without one.
  static const Driver *get(std::string &problem);
  /// `CUDA_ERROR_INVALID_IMAGE: device kernel image is invalid`
  std::string describe(Result result) const;

private:
  std::string load();
};

} // namespace mlir::norm::cuda

#endif // NORM_LIB_RUNTIME_CUDA_DRIVER_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Driver.h"
#include <dlfcn.h>

using namespace mlir::norm::cuda;

static constexpr char libraryName[] = "libcuda.so.1";

/// Returns what is wrong, or nothing.
std::string Driver::load() {
  void *library = dlopen(libraryName, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return std::string("there is no CUDA driver: ") + dlerror();
  std::string missing;
  auto find = [&](auto &function, const char *name, bool isNeeded = true) {
    void *address = dlsym(library, name);
    function = reinterpret_cast<std::decay_t<decltype(function)>>(address);
    if (!address && isNeeded && missing.empty())
      missing = name;
  };
  find(init, "cuInit");
  find(getErrorName, "cuGetErrorName");
  find(getErrorString, "cuGetErrorString");
  find(getDeviceCount, "cuDeviceGetCount");
  find(getDeviceAttribute, "cuDeviceGetAttribute");
  find(retainPrimaryContext, "cuDevicePrimaryCtxRetain");
  find(getCurrentContext, "cuCtxGetCurrent");
  find(pushContext, "cuCtxPushCurrent_v2");
  find(popContext, "cuCtxPopCurrent_v2");
  find(getContextDevice, "cuCtxGetDevice");
  find(getStreamContext, "cuStreamGetCtx");
  find(synchronize, "cuStreamSynchronize");
  find(loadModule, "cuModuleLoadDataEx");
  find(unloadModule, "cuModuleUnload");
  find(getFunction, "cuModuleGetFunction");
  find(setFunctionAttribute, "cuFuncSetAttribute");
  find(launch, "cuLaunchKernel");
  find(allocate, "cuMemAlloc_v2");
  find(free, "cuMemFree_v2");
  find(copyAsync, "cuMemcpyAsync");
  find(allocateAsync, "cuMemAllocAsync", /*isNeeded=*/false);
  find(freeAsync, "cuMemFreeAsync", /*isNeeded=*/false);
  find(launchEx, "cuLaunchKernelEx", /*isNeeded=*/false);
  find(getContextId, "cuCtxGetId", /*isNeeded=*/false);
  if (!missing.empty())
    return std::string("the CUDA driver ") + libraryName +
           " is too old: it has no " + missing;
  if (Result result = init(0))
    return "the CUDA driver cannot be used: " + describe(result);
  return "";
}

const Driver *Driver::get(std::string &problem) {
  struct Loaded {
    Driver driver = {};
    std::string problem = driver.load();
  };
  // Lives as long as the process, whatever else is destroyed at its end.
  static const Loaded &loaded = *new Loaded;
  problem = loaded.problem;
  return problem.empty() ? &loaded.driver : nullptr;
}

std::string Driver::describe(Result result) const {
  const char *name = nullptr, *text = nullptr;
  if (getErrorName(result, &name) || !name)
    return "error " + std::to_string(result);
  if (getErrorString(result, &text) || !text)
    return name;
  return std::string(name) + ": " + text;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A CUDA driver without a GPU: says what it is asked for, on stdout. Its memory
// is the host's; of kernels it knows `twice_kernel`. FAKE_CUDA=WORD makes it
// one that has no device, or no memory pools, or is quiet, or fails at what
// WORD says.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is(const char *word) {
  const char *mode = getenv("FAKE_CUDA");
  return mode && strcmp(mode, word) == 0;
}

static FILE *notes;
__attribute__((constructor)) static void openNotes(void) {
  notes = is("quiet") ? fopen("/dev/null", "w") : stdout;
  setvbuf(notes, NULL, _IONBF, 0);
}

// Contexts and streams: a stream of 100 n + k is one of context n.
static uintptr_t stack[8] = {0};
static int depth = 0;

int cuInit(unsigned flags) {
  (void)flags;
  return is("init") ? 999 : 0;
}
int cuGetErrorName(int result, const char **name) {
  *name = result == 2     ? "CUDA_ERROR_OUT_OF_MEMORY"
          : result == 209 ? "CUDA_ERROR_NO_BINARY_FOR_GPU"
          : result == 500 ? "CUDA_ERROR_NOT_FOUND"
                          : "CUDA_ERROR_UNKNOWN";
  return 0;
}
int cuGetErrorString(int result, const char **text) {
  *text = result == 2 ? "out of memory" : "that is so";
  return 0;
}
int cuDeviceGetCount(int *count) {
  *count = !is("device");
  return 0;
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  (void)device;
  *value = attribute == 75 ? 9 : attribute == 76 ? 0 : !is("pools");
  return 0;
}
int cuDevicePrimaryCtxRetain(uintptr_t *context, int device) {
  fprintf(notes, "retain the primary context of device %d\n", device);
  *context = 1;
  return 0;
}
int cuCtxGetCurrent(uintptr_t *context) {
  *context = stack[depth];
  return 0;
}
int cuCtxPushCurrent_v2(uintptr_t context) {
  stack[++depth] = context;
  return 0;
}
int cuCtxPopCurrent_v2(uintptr_t *context) {
  *context = stack[depth--];
  return 0;
}
int cuCtxGetId(uintptr_t context, unsigned long long *id) {
  *id = 1000 + context;
  return 0;
}
int cuCtxGetDevice(int *device) {
  *device = 0;
  return 0;
}
int cuStreamGetCtx(uintptr_t stream, uintptr_t *context) {
  *context = stream / 100;
  return 0;
}
int cuStreamSynchronize(uintptr_t stream) {
  fprintf(notes, "synchronize stream %d\n", (int)stream);
  return is("synchronize") ? 700 : 0;
}
int cuModuleLoadDataEx(uintptr_t *module, const void *image, unsigned count,
                       int *options, void **values) {
  fprintf(notes, "context %d: load \"%.2s\"\n", (int)stack[depth],
          (const char *)image);
  for (unsigned i = 0; i < count; ++i)
    if (options[i] == 5 && is("load"))
      strcpy(values[i], "ptxas fatal\nno such chip\n");
  *module = 7;
  return is("load") ? 209 : 0;
}
int cuModuleUnload(uintptr_t module) {
  fprintf(notes, "context %d: unload %d\n", (int)stack[depth], (int)module);
  return 0;
}
int cuModuleGetFunction(const char **function, uintptr_t module,
                        const char *name) {
  (void)module;
  *function = name;
  return strcmp(name, "absent") == 0 ? 500 : 0;
}
int cuFuncSetAttribute(const char *function, int attribute, int value) {
  fprintf(notes, "%s: attribute %d = %d\n", function, attribute, value);
  return 0;
}

// y[i] = 2 x[i]: two pointers, then the number of elements.
static void runTwice(void **arguments) {
  const float *x = *(const float **)arguments[0];
  float *y = *(float **)arguments[1];
  int64_t count = *(int64_t *)arguments[2];
  for (int64_t i = 0; i < count; ++i)
    y[i] = 2 * x[i];
}
int cuLaunchKernel(const char *function, unsigned blocksX, unsigned blocksY,
                   unsigned blocksZ, unsigned threadsX, unsigned threadsY,
                   unsigned threadsZ, unsigned bytes, uintptr_t stream,
                   void **arguments, void **extra) {
  (void)extra;
  fprintf(notes,
          "context %d, stream %d: %s in %u x %u x %u blocks of %u x %u x %u, "
          "%u bytes\n",
          (int)stack[depth], (int)stream, function, blocksX, blocksY, blocksZ,
          threadsX, threadsY, threadsZ, bytes);
  if (strcmp(function, "twice_kernel") == 0)
    runTwice(arguments);
  return is("launch") ? 701 : 0;
}

// As in cuda.h.
struct Attribute {
  int id;
  int padding;
  unsigned value[16];
};
struct Config {
  unsigned blocks[3], threads[3], bytes;
  uintptr_t stream;
  struct Attribute *attributes;
  unsigned count;
};
int cuLaunchKernelEx(const struct Config *config, const char *function,
                     void **arguments, void **extra) {
  (void)arguments, (void)extra;
  fprintf(notes, "%s in %u blocks of %u, attribute %d = %u x %u x %u\n",
          function, config->blocks[0], config->threads[0],
          config->attributes[0].id, config->attributes[0].value[0],
          config->attributes[0].value[1], config->attributes[0].value[2]);
  return 0;
}
int cuMemAlloc_v2(void **address, size_t bytes) {
  fprintf(notes, "allocate %zu bytes\n", bytes);
  *address = malloc(bytes);
  return is("memory") ? 2 : 0;
}
int cuMemFree_v2(void *address) {
  fprintf(notes, "free\n");
  free(address);
  return 0;
}
int cuMemAllocAsync(void **address, size_t bytes, uintptr_t stream) {
  fprintf(notes, "stream %d: allocate %zu bytes\n", (int)stream, bytes);
  *address = malloc(bytes);
  return is("memory") ? 2 : 0;
}
int cuMemFreeAsync(void *address, uintptr_t stream) {
  fprintf(notes, "stream %d: free\n", (int)stream);
  free(address);
  return 0;
}
int cuMemcpyAsync(void *to, const void *from, size_t bytes, uintptr_t stream) {
  fprintf(notes, "stream %d: copy %zu bytes\n", (int)stream, bytes);
  memcpy(to, from, bytes);
  return 0;
}

// Every millisecond is one.
int cuEventCreate(void **event, unsigned flags) {
  (void)flags;
  *event = 0;
  return 0;
}
int cuEventRecord(void *event, uintptr_t stream) {
  (void)event, (void)stream;
  return 0;
}
int cuEventElapsedTime(float *milliseconds, void *begin, void *end) {
  (void)begin, (void)end;
  *milliseconds = 1;
  return 0;
}
int cuEventDestroy_v2(void *event) {
  (void)event;
  return 0;
}

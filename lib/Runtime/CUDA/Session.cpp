// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Session.h"
#include "norm/Runtime/CUDA.h"
#include <mutex>

using namespace mlir::norm::cuda;

Error &Error::get() {
  thread_local Error error;
  return error;
}

void Error::set(int newStatus, const std::string &newText) {
  if (status != NORM_CUDA_OK)
    return;
  status = newStatus;
  text = newText;
}

Session::Session(void *stream, bool inSpiteOfErrors)
    : stream(static_cast<Stream>(stream)) {
  if (Error::get().status != NORM_CUDA_OK && !inSpiteOfErrors)
    return;
  std::string problem;
  driver = Driver::get(problem);
  if (!driver)
    Error::get().set(NORM_CUDA_NO_DRIVER, problem);
  else if (!findContext())
    driver = nullptr;
}

Session::~Session() {
  Context popped;
  if (isPushed)
    driver->popContext(&popped);
}

bool Session::check(Result result, const std::string &what) const {
  if (result)
    Error::get().set(result, what + ": " + driver->describe(result));
  return result == 0;
}

/// Numbers up to two are the driver's names for streams of any context.
static bool isStreamOfContext(Stream stream) {
  return reinterpret_cast<uintptr_t>(stream) > 2;
}

/// The first device's primary context is held as long as the process lives.
bool Session::retainPrimaryContext() {
  static std::mutex mutex;
  static Context primary = nullptr;
  std::lock_guard<std::mutex> lock(mutex);
  if (!primary && !check(driver->retainPrimaryContext(&primary, 0),
                         "the first device cannot be used"))
    return false;
  context = primary;
  return true;
}

bool Session::findContext() {
  Context current = nullptr;
  if (!check(driver->getCurrentContext(&current), "no current context"))
    return false;
  context = current;
  if (isStreamOfContext(stream)) {
    if (!check(driver->getStreamContext(stream, &context),
               "the stream is not valid"))
      return false;
  } else if (!context) {
    int numDevices = 0;
    if (!check(driver->getDeviceCount(&numDevices), "no devices"))
      return false;
    if (numDevices == 0) {
      Error::get().set(NORM_CUDA_NO_DEVICE, "the CUDA driver has no device");
      return false;
    }
    if (!retainPrimaryContext())
      return false;
  }
  if (context != current) {
    if (!check(driver->pushContext(context), "the context cannot be used"))
      return false;
    isPushed = true;
  }
  unsigned long long id;
  bool hasId = driver->getContextId && driver->getContextId(context, &id) == 0;
  contextId = hasId ? id : reinterpret_cast<uintptr_t>(context);
  return true;
}

Device Session::getDevice() const {
  Device device = 0;
  check(driver->getContextDevice(&device), "the context has no device");
  return device;
}

int Session::getDeviceAttribute(int attribute) const {
  int value = 0;
  check(driver->getDeviceAttribute(&value, attribute, getDevice()),
        "the device does not say what it can do");
  return value;
}

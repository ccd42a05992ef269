// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Compiler/Link.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include <dlfcn.h>

using namespace mlir;
using namespace mlir::norm;
using llvm::StringRef;
using llvm::Twine;
namespace fs = llvm::sys::fs;

namespace {

llvm::Error cannotWrite(StringRef path, const Twine &why) {
  return llvm::createStringError(path + ": cannot write: " + why);
}

/// Where a file is that may be named by a link: a link to it stays one.
std::string followLinks(StringRef path) {
  llvm::SmallString<128> real;
  return fs::real_path(path, real) ? path.str() : real.str().str();
}

/// Whether there is something at the path that is no regular file.
bool isSpecialFile(StringRef path) {
  fs::file_status status;
  return !fs::status(path, status) && fs::exists(status) &&
         !fs::is_regular_file(status);
}

llvm::Expected<std::string> findLinker(StringRef wanted) {
  if (!wanted.empty()) {
    llvm::ErrorOr<std::string> found = llvm::sys::findProgramByName(wanted);
    if (!found)
      return llvm::createStringError("linker " + wanted + ": " +
                                     found.getError().message());
    return *found;
  }
  for (StringRef name : {"cc", "gcc", "clang"})
    if (llvm::ErrorOr<std::string> found = llvm::sys::findProgramByName(name))
      return *found;
  return llvm::createStringError("no linker: there is no cc, gcc or clang on "
                                 "the PATH (--linker names another)");
}

/// What a file holds, on one line.
std::string readAsLine(StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return "";
  llvm::SmallVector<StringRef> lines;
  (*buffer)->getBuffer().split(lines, '\n', /*MaxSplit=*/-1,
                               /*KeepEmpty=*/false);
  return llvm::join(lines, "; ");
}

llvm::Error runLinker(StringRef linker, llvm::ArrayRef<StringRef> arguments) {
  llvm::SmallString<64> messages;
  if (std::error_code error =
          fs::createTemporaryFile("norm-compile", "log", messages))
    return cannotWrite("temporary file", error.message());
  llvm::FileRemover removeMessages(messages);
  std::string problem;
  int status = llvm::sys::ExecuteAndWait(
      linker, arguments, /*Env=*/std::nullopt,
      {std::nullopt, StringRef(messages), StringRef(messages)},
      /*SecondsToWait=*/0, /*MemoryLimit=*/0, &problem);
  if (status == 0)
    return llvm::Error::success();
  if (problem.empty())
    problem = readAsLine(messages);
  if (problem.empty())
    problem = "exit status " + std::to_string(status);
  return llvm::createStringError(linker + " cannot link: " + problem);
}

} // namespace

llvm::Error norm::writeFileAtOnce(StringRef path, StringRef contents) {
  if (path == "-") {
    llvm::outs() << contents;
    llvm::outs().flush();
    if (std::error_code error = llvm::outs().error()) {
      llvm::outs().clear_error();
      return cannotWrite("stdout", error.message());
    }
    return llvm::Error::success();
  }
  if (isSpecialFile(path)) {
    std::error_code error;
    llvm::raw_fd_ostream stream(path, error);
    if (!error) {
      stream << contents;
      stream.close();
      error = stream.error();
      stream.clear_error();
    }
    return error ? cannotWrite(path, error.message()) : llvm::Error::success();
  }
  std::string target = followLinks(path);
  auto temporary = fs::TempFile::create(target + ".%%%%%%%%.tmp");
  if (!temporary)
    return cannotWrite(path, llvm::toString(temporary.takeError()));
  llvm::raw_fd_ostream stream(temporary->FD, /*shouldClose=*/false);
  stream << contents;
  stream.flush();
  if (std::error_code error = stream.error()) {
    stream.clear_error();
    llvm::consumeError(temporary->discard());
    return cannotWrite(path, error.message());
  }
  if (llvm::Error error = temporary->keep(target))
    return cannotWrite(path, llvm::toString(std::move(error)));
  return llvm::Error::success();
}

llvm::Error norm::linkSharedLibrary(const llvm::MemoryBuffer &object,
                                    StringRef output,
                                    const LinkOptions &options) {
  if (isSpecialFile(output))
    return cannotWrite(output, "it is no regular file");
  llvm::Expected<std::string> linker = findLinker(options.linker);
  if (!linker)
    return linker.takeError();
  llvm::SmallString<64> input;
  if (std::error_code error =
          fs::createTemporaryFile("norm-compile", "o", input))
    return cannotWrite("temporary file", error.message());
  llvm::FileRemover removeInput(input);
  if (llvm::Error error = writeFileAtOnce(input, object.getBuffer()))
    return error;
  std::string target = followLinks(output);
  // Beside the output, so that renaming cannot become copying.
  llvm::SmallString<64> linked;
  if (std::error_code error =
          fs::createUniqueFile(target + ".%%%%%%%%.tmp", linked))
    return cannotWrite(output, error.message());
  llvm::FileRemover removeLinked(linked);
  llvm::SmallVector<StringRef> arguments = {
      *linker,           "-shared",           "-o", linked, input,
      "-Wl,--as-needed", "-Wl,--no-undefined"};
  // Commas in the paths would end an argument of -Wl.
  llvm::SmallVector<llvm::SmallString<128>, 2> folders;
  for (StringRef library : options.libraries) {
    llvm::SmallString<128> path(library);
    fs::make_absolute(path);
    folders.push_back(llvm::sys::path::parent_path(path));
    arguments.push_back(library);
  }
  for (const llvm::SmallString<128> &folder : folders)
    arguments.append({"-Xlinker", "-rpath", "-Xlinker", folder});
  arguments.push_back("-lm");
  if (llvm::Error error = runLinker(*linker, arguments))
    return error;
  if (std::error_code error = fs::rename(linked, target))
    return cannotWrite(output, error.message());
  removeLinked.releaseFile();
  return llvm::Error::success();
}

std::string norm::findOpenMPLibrary() {
  for (StringRef path :
       {NORM_OPENMP_LIBRARY, "/usr/lib/llvm-22/lib/libomp.so",
        "/usr/lib/x86_64-linux-gnu/libomp.so.5",
        "/usr/lib/aarch64-linux-gnu/libomp.so.5", "/usr/lib64/libomp.so",
        "/usr/local/lib/libomp.so", "/usr/lib/libomp.so"})
    if (!path.empty() && fs::exists(path))
      return path.str();
  return "";
}

std::string norm::findCUDARuntime() {
  llvm::SmallVector<std::string, 3> folders;
  Dl_info here;
  if (dladdr(reinterpret_cast<void *>(&findCUDARuntime), &here))
    folders.push_back(here.dli_fname);
  folders.push_back(fs::getMainExecutable(nullptr, nullptr));
  for (StringRef file : folders) {
    StringRef folder = llvm::sys::path::parent_path(file);
    for (StringRef part : {NORM_LIBRARY_FOLDER, "../lib", "."}) {
      llvm::SmallString<128> path(folder);
      llvm::sys::path::append(path, part, "libnorm_cuda.so");
      llvm::SmallString<128> real;
      if (!fs::real_path(path, real))
        return std::string(real);
    }
  }
  return "";
}

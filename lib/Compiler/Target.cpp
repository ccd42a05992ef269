// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Compiler/Target.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"

using namespace mlir;
using namespace mlir::norm;
using llvm::StringRef;

namespace {

void initializeTargets(bool onlyNative) {
  if (onlyNative) {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser();
    return;
  }
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmPrinters();
  llvm::InitializeAllAsmParsers();
}

/// The architectures whose processors can run what the lowering makes: memrefs
/// hold 64-bit sizes, and pointers are taken to be as long.
bool isSupported(const llvm::Triple &triple) {
  if (!triple.isOSBinFormatELF())
    return false;
  switch (triple.getArch()) {
  case llvm::Triple::x86_64:
    return !triple.isX32();
  case llvm::Triple::aarch64:
  case llvm::Triple::loongarch64:
  case llvm::Triple::ppc64le:
  case llvm::Triple::riscv64:
  case llvm::Triple::systemz:
    return true;
  default:
    return false;
  }
}

llvm::Error checkFeatures(const llvm::MCSubtargetInfo &subtarget,
                          StringRef features, const llvm::Triple &triple) {
  llvm::SmallVector<StringRef> names;
  features.split(names, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef name : names) {
    if (!name.starts_with("+") && !name.starts_with("-"))
      return llvm::createStringError("feature '" + name +
                                     "' must begin with + or -");
    StringRef bare = name.drop_front();
    auto isNamed = [&](const llvm::SubtargetFeatureKV &feature) {
      return bare == feature.Key;
    };
    if (llvm::none_of(subtarget.getAllProcessorFeatures(), isNamed))
      return llvm::createStringError("feature '" + bare + "' is unknown for " +
                                     triple.getArchName());
  }
  return llvm::Error::success();
}

/// LLVM itself only warns of names that it does not know.
llvm::Error checkNames(const llvm::Target &target, const llvm::Triple &triple,
                       StringRef cpu, StringRef features) {
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget(
      target.createMCSubtargetInfo(triple, "", ""));
  if (!subtarget)
    return llvm::createStringError("no code generator for " + triple.str());
  if (!cpu.empty() && !subtarget->isCPUStringValid(cpu))
    return llvm::createStringError("processor '" + cpu + "' is unknown for " +
                                   triple.getArchName());
  return checkFeatures(*subtarget, features, triple);
}

std::string getHostFeatures() {
  llvm::SubtargetFeatures features;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    features.AddFeature(feature.getKey(), feature.getValue());
  return features.getString();
}

/// The processor with the least that systems of the architecture take for
/// granted.
StringRef getBaseline(const llvm::Triple &triple) {
  if (triple.isX86_64())
    return "x86-64";
  if (triple.isRISCV64())
    return "generic-rv64";
  return triple.isLoongArch64() ? "loongarch64" : "generic";
}

/// The features that they take for granted beside those of any processor.
StringRef getBaselineFeatures(const llvm::Triple &triple) {
  return triple.isRISCV64() ? "+m,+a,+f,+d,+c" : "";
}

} // namespace

llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
norm::createTargetMachine(const TargetSpec &spec) {
  llvm::Triple host(llvm::sys::getDefaultTargetTriple());
  llvm::Triple triple =
      spec.triple.empty() ? host
                          : llvm::Triple(llvm::Triple::normalize(spec.triple));
  initializeTargets(/*onlyNative=*/triple.getArch() == host.getArch());
  std::string problem;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, problem);
  if (!target)
    return llvm::createStringError("triple '" + triple.str() +
                                   "' has no code generator");
  if (!isSupported(triple))
    return llvm::createStringError(
        "triple '" + triple.str() +
        "' is not supported: expected aarch64, loongarch64, powerpc64le, "
        "riscv64, s390x or x86_64, with ELF objects");
  bool isNative =
      spec.cpu == "native" || (spec.cpu.empty() && spec.triple.empty());
  if (isNative && triple.getArch() != host.getArch())
    return llvm::createStringError("processor 'native' is none of " +
                                   triple.getArchName());
  StringRef cpu =
      isNative || spec.cpu.empty() ? getBaseline(triple) : StringRef(spec.cpu);
  if (llvm::Error error = checkNames(*target, triple, cpu, spec.features))
    return error;
  llvm::SmallVector<std::string> features;
  for (std::string list : {getBaselineFeatures(triple).str(),
                           isNative ? getHostFeatures() : "", spec.features})
    if (!list.empty())
      features.push_back(std::move(list));
  llvm::TargetOptions options;
  // Floats in registers, as the C compilers of such systems pass them.
  if (triple.isRISCV64())
    options.MCOptions.ABIName = "lp64d";
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      triple, cpu, llvm::join(features, ","), options, llvm::Reloc::PIC_,
      std::nullopt, llvm::CodeGenOptLevel::Aggressive));
  if (!machine)
    return llvm::createStringError("no code generator for " + triple.str());
  return machine;
}

static llvm::Error checkLevels(llvm::ArrayRef<std::string> levels) {
  for (StringRef level : levels) {
    if (!llvm::is_contained({"x86-64-v4", "x86-64-v3", "x86-64-v2", "x86-64"},
                            level))
      return llvm::createStringError(
          "versions are x86-64-v4, x86-64-v3, x86-64-v2 and x86-64, not '" +
          level + "'");
    if (llvm::count(levels, level) > 1)
      return llvm::createStringError("version " + level + " is given twice");
  }
  if (levels.back() != "x86-64" || levels.size() < 2)
    return llvm::createStringError("versions must end with x86-64, behind "
                                   "others: what runs where none of these "
                                   "does");
  return llvm::Error::success();
}

llvm::Expected<std::vector<std::unique_ptr<llvm::TargetMachine>>>
norm::createTargetMachines(const TargetSpec &spec,
                           llvm::ArrayRef<std::string> levels) {
  std::vector<TargetSpec> specs(std::max<size_t>(levels.size(), 1), spec);
  if (!levels.empty()) {
    if (!spec.triple.empty() && !llvm::Triple(spec.triple).isX86_64())
      return llvm::createStringError("versions are levels of x86-64, which "
                                     "triple '" +
                                     spec.triple + "' is not");
    if (llvm::Error error = checkLevels(levels))
      return error;
  }
  for (auto [level, version] : llvm::zip(levels, specs))
    version.cpu = level;
  std::vector<std::unique_ptr<llvm::TargetMachine>> machines;
  for (const TargetSpec &version : specs) {
    auto machine = createTargetMachine(version);
    if (!machine)
      return machine.takeError();
    machines.push_back(std::move(*machine));
  }
  return machines;
}

llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
norm::createHostTargetMachine() {
  return createTargetMachine(TargetSpec());
}

bool norm::hasTargetFeature(const llvm::TargetMachine &machine,
                            StringRef name) {
  const llvm::MCSubtargetInfo *subtarget = machine.getMCSubtargetInfo();
  for (const llvm::SubtargetFeatureKV &feature :
       subtarget->getAllProcessorFeatures())
    if (name == feature.Key)
      return subtarget->hasFeature(feature.Value);
  return false;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Multiversion.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace mlir;
using namespace mlir::norm;

void norm::markTarget(llvm::Module &module,
                      const llvm::TargetMachine &machine) {
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", machine.getTargetCPU());
    if (!machine.getTargetFeatureString().empty())
      function.addFnAttr("target-features", machine.getTargetFeatureString());
  }
}

unsigned Multiversion::getLevel(StringRef cpu) {
  return llvm::StringSwitch<unsigned>(cpu)
      .Case("x86-64", 1)
      .Case("x86-64-v2", 2)
      .Case("x86-64-v3", 3)
      .Case("x86-64-v4", 4)
      .Default(0);
}

static std::string getVersionName(StringRef name, StringRef cpu) {
  return (name + "." + cpu).str();
}

llvm::Error Multiversion::add(std::unique_ptr<llvm::Module> version,
                              StringRef cpu) {
  llvm::SmallVector<std::string> names;
  for (llvm::Function &function : *version)
    if (!function.isDeclaration() && !function.hasLocalLinkage())
      names.push_back(function.getName().str());
  // Renamed, they must be visible to be linked.
  for (StringRef name : names)
    version->getFunction(name)->setName(getVersionName(name, cpu));
  versions.push_back({cpu.str(), getLevel(cpu)});
  if (!module) {
    module = std::move(version);
    exported = names;
    return llvm::Error::success();
  }
  if (names != exported ||
      llvm::Linker::linkModules(*module, std::move(version)))
    return llvm::createStringError("the versions for " + versions[0].cpu +
                                   " and " + cpu + " do not go together");
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// The processor
//===----------------------------------------------------------------------===//

namespace {
/// Registers after `cpuid`.
enum Register { EAX, EBX, ECX, EDX };

/// Asks the processor what it has (Intel's manual, volume 2, CPUID and XGETBV;
/// the levels are those of the System V ABI for x86-64).
class ProcessorTest {
public:
  explicit ProcessorTest(llvm::IRBuilder<> &b) : b(b), i32(b.getInt32Ty()) {}

  /// A leaf's registers, all zero where the processor has no such leaf.
  llvm::Value *readLeaf(unsigned leaf, unsigned base) {
    llvm::Value *last = b.CreateExtractValue(callCPUID(base), EAX);
    llvm::Value *exists = b.CreateICmpUGE(last, b.getInt32(leaf));
    llvm::Value *read = callCPUID(leaf);
    return b.CreateSelect(exists, read,
                          llvm::Constant::getNullValue(read->getType()));
  }
  llvm::Value *hasAll(llvm::Value *leaf, Register from,
                      std::initializer_list<unsigned> bits) {
    uint32_t mask = 0;
    for (unsigned bit : bits)
      mask |= uint32_t(1) << bit;
    return hasAll(b.CreateExtractValue(leaf, from), mask);
  }
  llvm::Value *hasAll(llvm::Value *word, uint32_t mask) {
    return b.CreateICmpEQ(b.CreateAnd(word, b.getInt32(mask)),
                          b.getInt32(mask));
  }
  /// The state that the operating system keeps: only if it uses XSAVE.
  llvm::Value *readState() {
    auto *type = llvm::StructType::get(i32, i32);
    auto *code =
        llvm::InlineAsm::get(llvm::FunctionType::get(type, {i32}, false),
                             "xgetbv", "={ax},={dx},{cx}",
                             /*hasSideEffects=*/true);
    return b.CreateExtractValue(b.CreateCall(code, {b.getInt32(0)}), 0);
  }

private:
  llvm::Value *callCPUID(unsigned leaf) {
    auto *type = llvm::StructType::get(i32, i32, i32, i32);
    auto *code = llvm::InlineAsm::get(
        llvm::FunctionType::get(type, {i32, i32}, false), "cpuid",
        "={ax},={bx},={cx},={dx},{ax},{cx}", /*hasSideEffects=*/true);
    return b.CreateCall(code, {b.getInt32(leaf), b.getInt32(0)});
  }

  llvm::IRBuilder<> &b;
  llvm::Type *i32;
};
} // namespace

/// A function that returns the processor's level.
llvm::Function *Multiversion::createLevelTest() {
  llvm::LLVMContext &context = module->getContext();
  auto *function = llvm::Function::Create(
      llvm::FunctionType::get(llvm::Type::getInt32Ty(context), false),
      llvm::Function::InternalLinkage, "x86-64.level", *module);
  function->addFnAttr("target-cpu", "x86-64");
  auto *entry = llvm::BasicBlock::Create(context, "", function);
  auto *withState = llvm::BasicBlock::Create(context, "", function);
  auto *done = llvm::BasicBlock::Create(context, "", function);
  llvm::IRBuilder<> b(entry);
  ProcessorTest test(b);
  llvm::Value *basic = test.readLeaf(1, 0);
  llvm::Value *more = test.readLeaf(7, 0);
  llvm::Value *extended = test.readLeaf(0x80000001, 0x80000000);
  // SSE3, SSSE3, CX16, SSE4.1, SSE4.2, POPCNT; LAHF.
  llvm::Value *has2 =
      b.CreateAnd(test.hasAll(basic, ECX, {0, 9, 13, 19, 20, 23}),
                  test.hasAll(extended, ECX, {0}));
  // FMA, MOVBE, OSXSAVE, AVX, F16C; LZCNT; BMI, AVX2, BMI2.
  llvm::Value *has3 =
      b.CreateAnd(test.hasAll(basic, ECX, {12, 22, 27, 28, 29}),
                  b.CreateAnd(test.hasAll(extended, ECX, {5}),
                              test.hasAll(more, EBX, {3, 5, 8})));
  has3 = b.CreateAnd(has2, has3);
  // AVX-512 F, DQ, CD, BW, VL.
  llvm::Value *has4 =
      b.CreateAnd(has3, test.hasAll(more, EBX, {16, 17, 28, 30, 31}));
  llvm::Value *below = b.CreateZExt(has2, b.getInt32Ty());
  b.CreateCondBr(has3, withState, done);

  b.SetInsertPoint(withState);
  llvm::Value *state = test.readState();
  // XMM and YMM; masks and ZMM.
  llvm::Value *keeps3 = test.hasAll(state, 0x06);
  llvm::Value *keeps4 = b.CreateAnd(has4, test.hasAll(state, 0xe6));
  llvm::Value *above = b.CreateSelect(
      keeps4, b.getInt32(3), b.CreateSelect(keeps3, b.getInt32(2), below));
  b.CreateBr(done);

  b.SetInsertPoint(done);
  llvm::PHINode *level = b.CreatePHI(b.getInt32Ty(), 2);
  level->addIncoming(below, entry);
  level->addIncoming(above, withState);
  b.CreateRet(b.CreateAdd(level, b.getInt32(1)));
  return function;
}

//===----------------------------------------------------------------------===//
// Dispatch
//===----------------------------------------------------------------------===//

/// An exported function, and the variable that says where it goes.
llvm::GlobalVariable *Multiversion::createStub(StringRef name) {
  llvm::LLVMContext &context = module->getContext();
  auto *pointer = llvm::PointerType::getUnqual(context);
  llvm::Function *everywhere =
      module->getFunction(getVersionName(name, "x86-64"));
  auto *target = new llvm::GlobalVariable(
      *module, pointer, /*isConstant=*/false,
      llvm::GlobalValue::InternalLinkage, everywhere, name + ".version");
  auto *stub =
      llvm::Function::Create(everywhere->getFunctionType(),
                             llvm::Function::ExternalLinkage, name, *module);
  stub->setAttributes(everywhere->getAttributes());
  llvm::IRBuilder<> b(llvm::BasicBlock::Create(context, "", stub));
  llvm::SmallVector<llvm::Value *> arguments(
      llvm::make_pointer_range(stub->args()));
  llvm::CallInst *call = b.CreateCall(everywhere->getFunctionType(),
                                      b.CreateLoad(pointer, target), arguments);
  call->setAttributes(everywhere->getAttributes().removeFnAttributes(context));
  call->setTailCallKind(llvm::CallInst::TCK_MustTail);
  if (call->getType()->isVoidTy())
    b.CreateRetVoid();
  else
    b.CreateRet(call);
  return target;
}

/// Sets the variables when the code is loaded.
void Multiversion::createChoice(llvm::Function *getLevel) {
  llvm::LLVMContext &context = module->getContext();
  auto *choose = llvm::Function::Create(
      llvm::FunctionType::get(llvm::Type::getVoidTy(context), false),
      llvm::Function::InternalLinkage, "x86-64.choose", *module);
  choose->addFnAttr("target-cpu", "x86-64");
  llvm::IRBuilder<> b(llvm::BasicBlock::Create(context, "", choose));
  llvm::Value *level = b.CreateCall(getLevel);
  for (StringRef name : exported) {
    llvm::GlobalVariable *target = createStub(name);
    llvm::Value *best = target->getInitializer();
    for (const Version &version : versions)
      best = b.CreateSelect(
          b.CreateICmpUGE(level, b.getInt32(version.level)),
          module->getFunction(getVersionName(name, version.cpu)), best);
    b.CreateStore(best, target);
  }
  b.CreateRetVoid();
  llvm::appendToGlobalCtors(*module, choose, /*Priority=*/0);
}

llvm::Expected<std::unique_ptr<llvm::Module>> Multiversion::take() {
  llvm::sort(versions, [](const Version &lhs, const Version &rhs) {
    return lhs.level < rhs.level;
  });
  createChoice(createLevelTest());
  for (StringRef name : exported)
    for (const Version &version : versions)
      module->getFunction(getVersionName(name, version.cpu))
          ->setLinkage(llvm::GlobalValue::InternalLinkage);
  return std::move(module);
}

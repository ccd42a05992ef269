// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CInterface.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"
#include "norm/Pipelines/Passes.h"
#include "norm/Pipelines/Pipelines.h"

using namespace mlir;
using namespace mlir::norm;

/// Begins the message of an assertion about a result: it must not be dropped.
static constexpr llvm::StringLiteral resultMark = "size of result ";

namespace {

/// Expressions of sizes and integers that a function computes, made anew in the
/// function that checks them.
class SizeExpressions {
public:
  SizeExpressions(OpBuilder &b, Location loc) : b(b), loc(loc) {}

  /// What an argument (`dim` < 0) or its size along a dim is in the new
  /// function, and in C.
  void addLeaf(BlockArgument argument, int64_t dim, Value value,
               StringRef name) {
    leaves[{argument, dim}] = {value, name.str()};
  }

  /// Whether the value depends on nothing but the leaves.
  bool isComputable(Value value) const {
    if (findLeaf(value))
      return true;
    Operation *op = value.getDefiningOp();
    return op && isa_and_nonnull<arith::ArithDialect>(op->getDialect()) &&
           isMemoryEffectFree(op) &&
           llvm::all_of(op->getResultTypes(), isScalar) &&
           llvm::all_of(op->getOperands(), [&](Value operand) {
             return isScalar(operand.getType()) && isComputable(operand);
           });
  }

  Value create(Value value);
  /// Conditions under which what was created is defined.
  ArrayRef<Value> getGuards() const { return guards; }
  /// As C writes it; empty if that would be long.
  std::string print(Value value) const;

private:
  struct Leaf {
    Value value;
    std::string name;
  };

  static bool isScalar(Type type) { return type.isIntOrIndex(); }

  const Leaf *findLeaf(Value value) const {
    int64_t dim = -1;
    if (auto size = value.getDefiningOp<tensor::DimOp>()) {
      dim = size.getConstantIndex().value_or(-1);
      value = size.getSource();
    } else if (auto size = value.getDefiningOp<memref::DimOp>()) {
      dim = size.getConstantIndex().value_or(-1);
      value = size.getSource();
    }
    auto argument = dyn_cast<BlockArgument>(value);
    auto leaf = leaves.find({argument, dim});
    return argument && leaf != leaves.end() ? &leaf->second : nullptr;
  }

  /// A divisor of 0 is a mismatch, not the end of the process.
  Value guardDivisor(Value divisor) {
    Value zero = arith::ConstantOp::create(
        b, loc, b.getIntegerAttr(divisor.getType(), 0));
    Value one = arith::ConstantOp::create(
        b, loc, b.getIntegerAttr(divisor.getType(), 1));
    Value isPositive =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sgt, divisor, zero);
    guards.push_back(isPositive);
    return arith::SelectOp::create(b, loc, isPositive, divisor, one);
  }

  OpBuilder &b;
  Location loc;
  DenseMap<std::pair<BlockArgument, int64_t>, Leaf> leaves;
  IRMapping created;
  SmallVector<Value> guards;
};

/// Where an assertion on the size of a result along a dim reads the size that
/// the caller gives: an argument appended to the function.
void assertResultSizes(func::FuncOp function, const CFunction &described) {
  unsigned result = 0;
  for (const CParameter &parameter : described.parameters) {
    if (!parameter.isResult)
      continue;
    unsigned index = result++;
    for (auto [dim, size] : llvm::enumerate(parameter.shape)) {
      if (!ShapedType::isDynamic(size))
        continue;
      OpBuilder b(function.getContext());
      Location loc = function.getLoc();
      (void)function.insertArgument(function.getNumArguments(),
                                    b.getIndexType(), {}, loc);
      Value given = function.getArguments().back();
      function.walk([&, dim = dim](func::ReturnOp op) {
        b.setInsertionPoint(op);
        Value value = op.getOperand(index);
        Value actual;
        if (isa<TensorType>(value.getType()))
          actual = tensor::DimOp::create(b, loc, value, dim);
        else
          actual = memref::DimOp::create(b, loc, value, dim);
        Value isEqual = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq,
                                              given, actual);
        cf::AssertOp::create(
            b, loc, isEqual,
            (resultMark + Twine(index) + " along dim " + Twine(dim)).str());
      });
    }
  }
}

bool hasDynamicSizes(const CFunction &function) {
  return llvm::any_of(function.parameters, [](const CParameter &parameter) {
    return ShapedType::isDynamicShape(parameter.shape);
  });
}

/// Brings sizes down to those of arguments, and asserts what must hold of them.
LogicalResult deriveAssertions(ModuleOp module) {
  PassManager pm(module.getContext());
  pm.addPass(createNormGeneralizePass());
  buildTensorPreparationPipeline(pm);
  pm.addPass(createNormCheckShapesPass());
  pm.addPass(memref::createResolveShapedTypeResultDimsPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createLowerAffinePass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  return pm.run(module);
}

} // namespace

Value SizeExpressions::create(Value value) {
  if (const Leaf *leaf = findLeaf(value))
    return leaf->value;
  if (Value done = created.lookupOrNull(value))
    return done;
  Operation *op = value.getDefiningOp();
  for (Value operand : op->getOperands())
    created.map(operand, create(operand));
  IRMapping mapping = created;
  if (isa<arith::DivSIOp, arith::DivUIOp, arith::CeilDivSIOp,
          arith::CeilDivUIOp, arith::FloorDivSIOp, arith::RemSIOp,
          arith::RemUIOp>(op) &&
      !matchPattern(op->getOperand(1), m_Constant()))
    mapping.map(op->getOperand(1),
                guardDivisor(created.lookup(op->getOperand(1))));
  Operation *copy = b.clone(*op, mapping);
  created.map(op->getResults(), copy->getResults());
  return created.lookup(value);
}

std::string SizeExpressions::print(Value value) const {
  if (const Leaf *leaf = findLeaf(value))
    return leaf->name;
  Operation *op = value.getDefiningOp();
  if (auto constant = dyn_cast_or_null<arith::ConstantOp>(op))
    if (auto integer = dyn_cast<IntegerAttr>(constant.getValue()))
      return std::to_string(integer.getInt());
  StringRef symbol = isa<arith::AddIOp>(op)                    ? " + "
                     : isa<arith::SubIOp>(op)                  ? " - "
                     : isa<arith::MulIOp>(op)                  ? " * "
                     : isa<arith::DivSIOp, arith::DivUIOp>(op) ? " / "
                                                               : "";
  auto compare = dyn_cast<arith::CmpIOp>(op);
  if (compare && compare.getPredicate() == arith::CmpIPredicate::eq)
    symbol = " == ";
  if (symbol.empty())
    return "";
  std::string lhs = print(op->getOperand(0)), rhs = print(op->getOperand(1));
  if (lhs.empty() || rhs.empty())
    return "";
  std::string text = lhs + symbol.str() + rhs;
  return compare ? text : "(" + text + ")";
}

/// What an assertion demands, for people; empty if it always holds.
static std::string describe(cf::AssertOp op,
                            const SizeExpressions &expressions) {
  std::string text = expressions.print(op.getArg());
  if (text.empty())
    return "not: " + op.getMsg().str();
  auto [lhs, rhs] = StringRef(text).split(" == ");
  return lhs == rhs ? "" : text;
}

/// The function that will check sizes, without a body.
static func::FuncOp createCheck(const CFunction &described) {
  Builder b(described.loc.getContext());
  SmallVector<Type> types;
  for (const CParameter &parameter : described.parameters) {
    types.append(llvm::count_if(parameter.shape, ShapedType::isDynamic),
                 b.getIndexType());
    if (parameter.takesPartInSizes())
      types.push_back(parameter.elementType);
  }
  auto check = func::FuncOp::create(described.loc, described.symbol + ".sizes",
                                    b.getFunctionType(types, b.getI1Type()));
  check.setPrivate();
  check.addEntryBlock();
  return check;
}

/// Says which argument of `check` stands for which size or scalar of `source`,
/// whose arguments are its own and the sizes of its results.
static void addLeaves(SizeExpressions &expressions, func::FuncOp source,
                      func::FuncOp check, const CFunction &described) {
  unsigned next = 0, argument = 0;
  for (const CParameter &parameter : described.parameters) {
    for (auto [dim, size] : llvm::enumerate(parameter.shape)) {
      if (!ShapedType::isDynamic(size))
        continue;
      expressions.addLeaf(
          source.getArgument(argument), parameter.isResult ? -1 : int64_t(dim),
          check.getArgument(next++), parameter.getSizeName(dim));
      argument += parameter.isResult;
    }
    if (parameter.takesPartInSizes())
      expressions.addLeaf(source.getArgument(argument), -1,
                          check.getArgument(next++), parameter.name);
    argument += !parameter.isResult;
  }
}

/// Makes the function that checks `source`'s top-level assertions.
static LogicalResult addSizeCheck(ModuleOp module, func::FuncOp source,
                                  CFunction &described) {
  SmallVector<cf::AssertOp> assertions;
  source.walk([&](cf::AssertOp op) { assertions.push_back(op); });
  OwningOpRef<func::FuncOp> check = createCheck(described);
  Location loc = described.loc;
  OpBuilder b = OpBuilder::atBlockBegin(&check->front());
  SizeExpressions expressions(b, loc);
  addLeaves(expressions, source, *check, described);
  Value allHold = arith::ConstantOp::create(b, loc, b.getBoolAttr(true));
  for (cf::AssertOp op : assertions) {
    // Others are not always reached.
    bool isCheckable = op->getBlock() == &source.front() &&
                       expressions.isComputable(op.getArg());
    if (!isCheckable && op.getMsg().starts_with(resultMark))
      return source.emitError()
             << "the C interface of @" << described.symbol << " takes no "
             << op.getMsg()
             << ": it does not follow from the sizes of arguments";
    if (!isCheckable)
      continue;
    allHold =
        arith::AndIOp::create(b, loc, allHold, expressions.create(op.getArg()));
    std::string text = describe(op, expressions);
    if (!text.empty() && !llvm::is_contained(described.sizeConditions, text))
      described.sizeConditions.push_back(text);
  }
  for (Value guard : expressions.getGuards())
    allHold = arith::AndIOp::create(b, loc, allHold, guard);
  func::ReturnOp::create(b, loc, allHold);
  described.sizeCheck = SymbolTable(module).insert(check.release()).str();
  return success();
}

LogicalResult norm::addSizeChecks(ModuleOp module, ModuleOp original,
                                  MutableArrayRef<CFunction> functions) {
  if (!llvm::any_of(functions, hasDynamicSizes))
    return success();
  PassManager pm(module.getContext());
  pm.addPass(createInlinerPass());
  if (failed(pm.run(original)))
    return failure();
  for (CFunction &function : functions) {
    if (!hasDynamicSizes(function))
      continue;
    auto source = original.lookupSymbol<func::FuncOp>(function.symbol);
    if (!SymbolTable::symbolKnownUseEmpty(source, original))
      return source.emitError() << "@" << function.symbol
                                << " calls itself: the sizes of its results "
                                   "are not known";
    assertResultSizes(source, function);
  }
  if (failed(deriveAssertions(original)))
    return failure();
  for (CFunction &function : functions) {
    if (!hasDynamicSizes(function))
      continue;
    auto source = original.lookupSymbol<func::FuncOp>(function.symbol);
    if (failed(addSizeCheck(module, source, function)))
      return failure();
  }
  return success();
}

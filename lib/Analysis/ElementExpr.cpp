// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The nodes: making them unique, folding what is constant, printing.

#include "norm/Analysis/ElementExpr.h"
#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;
using namespace mlir::norm;

//===----------------------------------------------------------------------===//
// ElementExpr
//===----------------------------------------------------------------------===//

std::optional<llvm::APFloat> ElementExpr::getFloat() const {
  if (auto attr = dyn_cast_or_null<FloatAttr>(constant))
    return attr.getValue();
  return std::nullopt;
}

bool ElementExpr::isZero() const {
  std::optional<llvm::APFloat> value = getFloat();
  return value && value->isZero();
}

bool ElementExpr::isOne() const {
  std::optional<llvm::APFloat> value = getFloat();
  return value && value->isExactlyValue(1.0);
}

void ElementExpr::Profile(llvm::FoldingSetNodeID &key) const {
  key.AddInteger(static_cast<unsigned>(kind));
  key.AddPointer(type.getAsOpaquePointer());
  key.AddInteger(static_cast<unsigned>(op));
  key.AddPointer(constant.getAsOpaquePointer());
  key.AddPointer(value.getAsOpaquePointer());
  for (AffineExpr coord : coords)
    key.AddPointer(coord.getAsOpaquePointer());
  key.AddInteger(size.constant);
  key.AddPointer(size.value.getAsOpaquePointer());
  key.AddInteger(size.dim);
  key.AddInteger(static_cast<unsigned>(operands.size()));
  for (Expr operand : operands)
    key.AddPointer(operand);
  for (unsigned variable : variables)
    key.AddInteger(variable);
  key.AddPointer(name ? name->getAsOpaquePointer() : nullptr);
  key.AddPointer(attributes.getAsOpaquePointer());
}

//===----------------------------------------------------------------------===//
// Making nodes
//===----------------------------------------------------------------------===//

template <typename T>
static ArrayRef<T> copyTo(llvm::BumpPtrAllocator &allocator,
                          ArrayRef<T> elements) {
  T *copy = allocator.Allocate<T>(elements.size());
  llvm::uninitialized_copy(elements, copy);
  return ArrayRef<T>(copy, elements.size());
}

Expr ElementExprs::unique(const ElementExpr &proto) {
  llvm::FoldingSetNodeID key;
  proto.Profile(key);
  void *position = nullptr;
  if (ElementExpr *known = nodes.FindNodeOrInsertPos(key, position))
    return known;
  ElementExpr *node =
      new (allocator.Allocate<ElementExpr>()) ElementExpr(proto);
  node->id = numNodes++;
  node->coords = copyTo(allocator, proto.coords);
  node->operands = copyTo(allocator, proto.operands);
  node->variables = copyTo(allocator, proto.variables);
  nodes.InsertNode(node, position);
  return node;
}

Expr ElementExprs::makeConstant(TypedAttr value) {
  ElementExpr proto;
  proto.kind = ElementExpr::Kind::Constant;
  proto.type = value.getType();
  proto.constant = value;
  return unique(proto);
}

Expr ElementExprs::makeElement(Value value, ArrayRef<AffineExpr> coords) {
  ElementExpr proto;
  proto.kind = ElementExpr::Kind::Element;
  proto.type = getElementTypeOrSelf(value);
  proto.value = value;
  proto.coords = coords;
  return unique(proto);
}

Expr ElementExprs::makeSize(DimSize size, Type type) {
  if (size.isStatic())
    return makeConstant(IntegerAttr::get(type, size.constant));
  ElementExpr proto;
  proto.kind = ElementExpr::Kind::Size;
  proto.type = type;
  proto.size = size;
  return unique(proto);
}

Expr ElementExprs::makeIndex(AffineExpr coord) {
  ElementExpr proto;
  proto.kind = ElementExpr::Kind::Index;
  proto.type = IndexType::get(context);
  proto.coords = coord;
  return unique(proto);
}

Expr ElementExprs::makeSum(Expr body, ArrayRef<unsigned> variables, Type type) {
  ElementExpr proto;
  proto.kind = ElementExpr::Kind::Sum;
  proto.type = type;
  proto.operands = body;
  proto.variables = variables;
  return unique(proto);
}

/// The value of an operation on constants, rounded as the operation rounds.
static TypedAttr foldConstants(ExprOp op, Type type, ArrayRef<Expr> operands) {
  auto floatType = dyn_cast<FloatType>(type);
  if (!floatType || !llvm::all_of(operands, [](Expr operand) {
        return operand->is(ElementExpr::Kind::Constant);
      }))
    return nullptr;
  auto nearest = llvm::APFloat::rmNearestTiesToEven;
  const llvm::fltSemantics &semantics = floatType.getFloatSemantics();
  if (op == ExprOp::IntToFloat) {
    auto integer = dyn_cast<IntegerAttr>(operands[0]->constant);
    if (!integer)
      return nullptr;
    llvm::APFloat result(semantics);
    result.convertFromAPInt(integer.getValue(), /*IsSigned=*/true, nearest);
    return FloatAttr::get(type, result);
  }
  if (!llvm::all_of(operands, [](Expr operand) {
        return operand->getFloat().has_value();
      }))
    return nullptr;
  llvm::APFloat result = *operands[0]->getFloat();
  bool losesInfo;
  switch (op) {
  case ExprOp::Add:
    result.add(*operands[1]->getFloat(), nearest);
    break;
  case ExprOp::Sub:
    result.subtract(*operands[1]->getFloat(), nearest);
    break;
  case ExprOp::Mul:
    result.multiply(*operands[1]->getFloat(), nearest);
    break;
  case ExprOp::Div:
    result.divide(*operands[1]->getFloat(), nearest);
    break;
  case ExprOp::Neg:
    result.changeSign();
    break;
  case ExprOp::Ext:
  case ExprOp::Trunc:
    result.convert(semantics, nearest, &losesInfo);
    break;
  default:
    return nullptr;
  }
  return FloatAttr::get(type, result);
}

/// What an operation gives without rounding: x + 0, x · 1 and the like. (The
/// sign of a zero may differ.)
static Expr foldNeutral(ExprOp op, ArrayRef<Expr> operands) {
  switch (op) {
  case ExprOp::Add:
    if (operands[0]->isZero())
      return operands[1];
    [[fallthrough]];
  case ExprOp::Sub:
    return operands[1]->isZero() ? operands[0] : nullptr;
  case ExprOp::Mul:
    if (operands[0]->isOne())
      return operands[1];
    [[fallthrough]];
  case ExprOp::Div:
    return operands[1]->isOne() ? operands[0] : nullptr;
  default:
    return nullptr;
  }
}

Expr ElementExprs::makeApply(ExprOp op, Type type, ArrayRef<Expr> operands) {
  if (TypedAttr folded = foldConstants(op, type, operands))
    return makeConstant(folded);
  if (Expr folded = foldNeutral(op, operands))
    return folded;
  // 0 − x and −1 · x are −x.
  if (op == ExprOp::Sub && operands[0]->isZero())
    return makeApply(ExprOp::Neg, type, operands[1]);
  for (unsigned i : {0, 1})
    if (op == ExprOp::Mul && operands[i]->getFloat() &&
        operands[i]->getFloat()->isExactlyValue(-1.0))
      return makeApply(ExprOp::Neg, type, operands[1 - i]);
  SmallVector<Expr, 2> sorted(operands);
  if (op == ExprOp::Add || op == ExprOp::Mul || op == ExprOp::Max ||
      op == ExprOp::MulInt)
    llvm::sort(sorted, [](Expr a, Expr b) { return a->id < b->id; });
  ElementExpr proto;
  proto.kind = ElementExpr::Kind::Apply;
  proto.type = type;
  proto.op = op;
  proto.operands = sorted;
  return unique(proto);
}

Expr ElementExprs::makePower(Expr base, double exponent) {
  Type type = base->type;
  auto one = [&] { return makeConstant(FloatAttr::get(type, 1.0)); };
  if (exponent == 2.0)
    return makeApply(ExprOp::Mul, type, {base, base});
  if (exponent == 1.0)
    return base;
  if (exponent == 0.5)
    return makeApply(ExprOp::Sqrt, type, base);
  if (exponent == -0.5)
    return makeApply(ExprOp::Rsqrt, type, base);
  if (exponent == -1.0)
    return makeApply(ExprOp::Div, type, {one(), base});
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Index variables
//===----------------------------------------------------------------------===//

/// The free index of a dim of this size.
static AffineExpr makeFreeIndex(IndexSpace &space, int64_t dim, DimSize size,
                                MLIRContext *context) {
  return size.constant == 1 ? getAffineConstantExpr(0, context)
                            : space.freeIndex(dim, size);
}

SmallVector<AffineExpr> ElementExprs::freeIndices(Value tensor) {
  int64_t rank = cast<RankedTensorType>(tensor.getType()).getRank();
  return llvm::map_to_vector(llvm::seq<int64_t>(0, rank), [&](int64_t dim) {
    return makeFreeIndex(space, dim, getSize(tensor, dim), context);
  });
}

SmallVector<AffineExpr> ElementExprs::freeIndices(linalg::LinalgOp op) {
  return llvm::map_to_vector(
      llvm::enumerate(op.getStaticLoopRanges()), [&](auto loop) {
        DimSize size = getLoopSize(op, loop.index());
        size.constant = loop.value();
        return makeFreeIndex(space, loop.index(), size, context);
      });
}

ArrayRef<Spelling> ElementExprs::getSpellings(Expr expr) const {
  auto found = spellings.find(expr);
  if (found == spellings.end())
    return {};
  return found->second;
}

Expr ElementExprs::substitute(Expr expr, const IndexBinding &binding) {
  if (expr->is(ElementExpr::Kind::Sum))
    return nullptr;
  SmallVector<AffineExpr> coords;
  for (AffineExpr coord : expr->coords) {
    coords.push_back(binding.apply(space, coord));
    if (!coords.back())
      return nullptr;
  }
  SmallVector<Expr> operands;
  for (Expr operand : expr->operands) {
    operands.push_back(substitute(operand, binding));
    if (!operands.back())
      return nullptr;
  }
  ElementExpr proto = *expr;
  proto.coords = coords;
  proto.operands = operands;
  return expr->is(ElementExpr::Kind::Apply) && !expr->name
             ? makeApply(expr->op, expr->type, operands)
             : unique(proto);
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

static StringRef nameOf(const ElementExpr &expr) {
  switch (expr.op) {
  case ExprOp::Add:
    return "add";
  case ExprOp::Sub:
    return "sub";
  case ExprOp::Mul:
    return "mul";
  case ExprOp::Div:
    return "div";
  case ExprOp::Neg:
    return "neg";
  case ExprOp::Max:
    return "max";
  case ExprOp::Sqrt:
    return "sqrt";
  case ExprOp::Rsqrt:
    return "rsqrt";
  case ExprOp::Ext:
    return "ext";
  case ExprOp::Trunc:
    return "trunc";
  case ExprOp::IntToFloat:
    return "int_to_float";
  case ExprOp::MulInt:
    return "mul_int";
  case ExprOp::Other:
    return expr.name->getStringRef();
  }
  return "";
}

static void printCoords(ArrayRef<AffineExpr> coords, raw_ostream &os) {
  os << '[';
  llvm::interleaveComma(coords, os);
  os << ']';
}

void ElementExprs::print(Expr expr, raw_ostream &os, unsigned depth) {
  Expr shown = depth ? view(expr) : expr;
  if (shown != expr)
    return print(shown, os, depth - 1);
  if (!depth && !expr->operands.empty()) {
    os << "…";
    return;
  }
  switch (expr->kind) {
  case ElementExpr::Kind::Constant:
    expr->constant.print(os);
    return;
  case ElementExpr::Kind::Element:
    expr->value.printAsOperand(os, OpPrintingFlags());
    if (isa<ShapedType>(expr->value.getType()))
      printCoords(expr->coords, os);
    return;
  case ElementExpr::Kind::Size:
    os << "size(";
    expr->size.value.printAsOperand(os, OpPrintingFlags());
    if (expr->size.dim >= 0)
      os << ", " << expr->size.dim;
    os << ')';
    return;
  case ElementExpr::Kind::Index:
    os << "index(" << expr->coords[0] << ')';
    return;
  case ElementExpr::Kind::Apply:
    os << nameOf(*expr);
    break;
  case ElementExpr::Kind::Sum:
    os << "sum";
    printCoords(
        llvm::map_to_vector(expr->variables,
                            [&](unsigned v) { return space.getIndex(v); }),
        os);
    break;
  }
  os << '(';
  llvm::interleaveComma(expr->operands, os,
                        [&](Expr operand) { print(operand, os, depth - 1); });
  os << ')';
  if (expr->is(ExprOp::Ext) || expr->is(ExprOp::Trunc))
    os << ':' << expr->type;
}

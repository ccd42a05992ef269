// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_ANALYSIS_ELEMENTEXPR_H
#define NORM_ANALYSIS_ELEMENTEXPR_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "norm/Analysis/IndexSpace.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/FoldingSet.h"
#include "llvm/Support/Allocator.h"

namespace mlir::norm {

/// The operations that an expression knows by meaning, however a dialect spells
/// them. All others are `Other`, with their name and attributes.
enum class ExprOp {
  Add,
  Sub,
  Mul,
  Div,
  Neg,
  Max,
  Sqrt,
  Rsqrt,
  Ext,        // to a wider float type: exact
  Trunc,      // to a narrower float type: rounds
  IntToFloat, // of an integer or an index
  MulInt,
  Other,
};

/// What one element of a tensor is, as a function of index variables. Nodes are
/// unique: equal ones are the same object. Coordinates are those of an
/// `IndexSpace`, or a constant index.
struct ElementExpr : public llvm::FoldingSetNode {
  enum class Kind {
    Constant, // `constant`
    Element,  // of tensor `value` at `coords`; a scalar value has no coords
    Size,     // `size`, never static
    Index,    // coords[0]
    Apply,    // `op` of `operands`
    Sum,      // of operands[0] over `variables`
  };
  Kind kind = Kind::Constant;
  Type type;
  unsigned id = 0; // in the order of creation
  ExprOp op = ExprOp::Other;
  TypedAttr constant;
  Value value;
  ArrayRef<AffineExpr> coords;
  DimSize size;
  ArrayRef<const ElementExpr *> operands;
  ArrayRef<unsigned> variables;
  /// Of an `Other` only.
  std::optional<OperationName> name;
  DictionaryAttr attributes;

  bool is(Kind k) const { return kind == k; }
  bool is(ExprOp o) const { return kind == Kind::Apply && op == o; }
  /// The value of a float constant, if it is one.
  std::optional<llvm::APFloat> getFloat() const;
  bool isZero() const;
  bool isOne() const;
  void Profile(llvm::FoldingSetNodeID &id) const;
};
using Expr = const ElementExpr *;

/// A tensor, and the coordinates at which its element is some expression.
using Spelling = std::pair<Value, SmallVector<AffineExpr>>;

/// Builds and holds expressions. They are valid as long as the IR that they
/// were built from does not change.
///
/// Elements of computed tensors are expanded one operation at a time, by
/// `view`, so that a client pays for what it looks at only. Operations that do
/// no arithmetic (broadcasts, transposes, reshapes, casts of shapes, fills and
/// splats) are looked through from the start.
class ElementExprs {
public:
  explicit ElementExprs(MLIRContext *context)
      : context(context), space(context) {}

  /// The element of a tensor at `coords`; the value itself if it is a scalar.
  Expr element(Value value, ArrayRef<AffineExpr> coords);
  /// The element of a tensor at freely chosen indices: one variable a dim.
  Expr element(Value value);
  /// A scalar that is defined outside of any linalg operation's body.
  Expr scalar(Value value, unsigned depth = 0);
  /// Scalars in the body of a linalg operation, at the given loop indices.
  SmallVector<Expr> inBody(linalg::LinalgOp op, ValueRange values,
                           ArrayRef<AffineExpr> loops);
  Expr inBody(linalg::LinalgOp op, Value value, ArrayRef<AffineExpr> loops) {
    return inBody(op, ValueRange(value), loops).front();
  }

  /// The expression with an element of a computed tensor replaced by what its
  /// operation computes. Leaves what cannot be looked into alone.
  Expr view(Expr expr);

  /// The index variables.
  IndexSpace &getSpace() { return space; }
  /// The freely chosen indices of a tensor: one variable a dim, 0 along dims of
  /// size 1. The same for the same dim and size.
  SmallVector<AffineExpr> freeIndices(Value tensor);
  SmallVector<AffineExpr> freeIndices(linalg::LinalgOp op);
  /// The size of a dim, followed to where it comes from.
  static DimSize getSize(Value value, int64_t dim);
  /// The size of a loop of a linalg operation.
  static DimSize getLoopSize(linalg::LinalgOp op, unsigned loop);

  /// Tensors whose element is `expr` by definition: what was looked through, or
  /// into, on the way to it.
  ArrayRef<Spelling> getSpellings(Expr expr) const;
  /// The expression with index variables replaced as bound; null if that leaves
  /// no coordinate, or if it is a sum.
  Expr substitute(Expr expr, const IndexBinding &binding);

  /// Whether `target` is `pattern` with some of the latter's variables, those
  /// in `bindable`, replaced as `binding` says; it is extended as needed. Looks
  /// into both as far as needed; a conversion to a wider type changes nothing.
  /// Two variables may come to stand for one index: a diagonal.
  bool unify(Expr pattern, Expr target, ArrayRef<unsigned> bindable,
             IndexBinding &binding);
  /// Whether two expressions at the same indices are equal.
  bool areEqual(Expr a, Expr b);

  /// Prints the expression, up to `depth` operations deep.
  void print(Expr expr, raw_ostream &os, unsigned depth);

  MLIRContext *getContext() const { return context; }

private:
  friend class BodyBuilder;
  Expr unique(const ElementExpr &proto);
  Expr makeConstant(TypedAttr value);
  Expr makeElement(Value value, ArrayRef<AffineExpr> coords);
  Expr makeSize(DimSize size, Type type);
  Expr makeIndex(AffineExpr coord);
  Expr makeApply(ExprOp op, Type type, ArrayRef<Expr> operands);
  Expr makePower(Expr base, double exponent);
  Expr makeSum(Expr body, ArrayRef<unsigned> variables, Type type);
  Expr makeScalar(Operation *op, Value value, unsigned depth);
  /// The expression for a scalar or elementwise operation.
  Expr makeOperation(Operation *op, ArrayRef<Expr> operands, Type type);

  // What one element of an operation's result is, or null where the operation
  // cannot be looked into.
  Expr expand(OpResult result, ArrayRef<AffineExpr> coords);
  Expr expandLinalg(linalg::LinalgOp op, OpResult result,
                    ArrayRef<AffineExpr> coords);
  Expr getSummand(linalg::LinalgOp op, unsigned resultNumber,
                  ArrayRef<AffineExpr> loops);
  Expr expandReshape(Value source, Type resultType,
                     ArrayRef<AffineExpr> coords);
  Expr expandReassociation(Value source, bool expands,
                           ArrayRef<ReassociationIndices> groups,
                           RankedTensorType to, ArrayRef<AffineExpr> coords);
  Expr expandSlice(tensor::ExtractSliceOp slice, ArrayRef<AffineExpr> coords);
  Expr expandInsertedSlice(tensor::InsertSliceOp slice,
                           ArrayRef<AffineExpr> coords);
  Expr expandTosa(Operation *op, ArrayRef<AffineExpr> coords);
  Expr expandTosaReduction(Operation *op, ArrayRef<AffineExpr> coords);
  Expr expandTosaTile(Operation *op, ArrayRef<AffineExpr> coords);
  Expr expandTosaTranspose(Operation *op, ArrayRef<AffineExpr> coords);
  Expr expandElementwise(Operation *op, Type resultType,
                         ArrayRef<AffineExpr> coords);
  Expr expandConstant(ElementsAttr elements);

  struct Unifier;

  MLIRContext *context;
  llvm::BumpPtrAllocator allocator;
  llvm::FoldingSet<ElementExpr> nodes;
  unsigned numNodes = 0;
  IndexSpace space;
  llvm::DenseMap<Expr, Expr> views;
  llvm::DenseMap<Value, Expr> scalars;
  /// How many operations are being looked through one within the other.
  unsigned nesting = 0;
  llvm::DenseMap<Expr, SmallVector<Spelling>> spellings;
};

} // namespace mlir::norm

#endif // NORM_ANALYSIS_ELEMENTEXPR_H

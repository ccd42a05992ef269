// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_ANALYSIS_INDEXSPACE_H
#define NORM_ANALYSIS_INDEXSPACE_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/BuiltinTypes.h"

namespace mlir::norm {

/// The size of a dim: a constant, or that of a dim of a value, or (dim = -1) an
/// index value. Equal sizes that come from one another compare equal.
struct DimSize {
  int64_t constant = ShapedType::kDynamic;
  Value value;
  int64_t dim = -1;
  bool isStatic() const { return !ShapedType::isDynamic(constant); }
  bool operator==(const DimSize &other) const {
    return constant == other.constant && value == other.value &&
           dim == other.dim;
  }
};

/// A part of an index variable as it is written in mixed radix:
/// (variable floordiv divisor) mod size, from 0 up to size. What is left of a
/// variable of dynamic size above a divisor has a dynamic size.
struct IndexDigit {
  unsigned variable;
  int64_t divisor;
  int64_t size;
};
/// The most significant first.
using IndexDigits = SmallVector<IndexDigit, 4>;

/// Index variables with their sizes, and coordinates made of them. A coordinate
/// is an affine expression that takes every index of its dim once: a variable,
/// digits of variables, several of them one after the other, or 0 along a dim
/// of size 1. Equal coordinates are equal expressions.
class IndexSpace {
public:
  explicit IndexSpace(MLIRContext *context) : context(context) {}

  AffineExpr getIndex(unsigned variable) const {
    return getAffineDimExpr(variable, context);
  }
  AffineExpr newIndex(DimSize size);
  /// The same variable for the same dim and size.
  AffineExpr freeIndex(int64_t dim, DimSize size);
  DimSize getSize(unsigned variable) const { return sizes[variable]; }
  unsigned getNumVariables() const { return sizes.size(); }

  /// Null if the expression is no coordinate, such as a constant other than 0.
  std::optional<IndexDigits> getDigits(AffineExpr coord) const;
  /// Null if the sizes between the digits are not known.
  AffineExpr compose(IndexDigits digits) const;

  /// Splits off digits from the least, or most, significant end whose sizes
  /// multiply to `size`. False if no digits do.
  bool takeLow(IndexDigits &digits, int64_t size, IndexDigits &taken) const;
  bool takeHigh(IndexDigits &digits, int64_t size, IndexDigits &taken) const;

  /// The coordinates in a tensor of shape `to` of the element at `coords` in
  /// one of shape `from` that holds the same elements in row-major order.
  /// Nothing where the shapes do not say it.
  std::optional<SmallVector<AffineExpr>> reshape(ArrayRef<AffineExpr> coords,
                                                 ArrayRef<int64_t> from,
                                                 ArrayRef<int64_t> to) const;

  /// The same where `groups` says which dims of the wider shape each dim of the
  /// narrower one is made of.
  std::optional<SmallVector<AffineExpr>>
  reassociate(ArrayRef<AffineExpr> coords, ArrayRef<int64_t> from,
              ArrayRef<int64_t> to, ArrayRef<SmallVector<int64_t, 2>> groups,
              bool isFromWide) const;

  /// Whether coordinates together take every combination of the variables'
  /// indices exactly once.
  bool cover(ArrayRef<AffineExpr> coords, ArrayRef<unsigned> variables) const;
  /// Whether no digit is in two of the coordinates.
  bool areDisjoint(ArrayRef<AffineExpr> coords) const;

private:
  bool
  collectTerms(AffineExpr expr, int64_t stride,
               SmallVectorImpl<std::pair<int64_t, IndexDigit>> &terms) const;

  MLIRContext *context;
  SmallVector<DimSize> sizes;                          // by variable
  SmallVector<SmallVector<AffineExpr, 2>> freeIndices; // by dim
};

/// Which coordinate each variable of a pattern stands for. Parts of a variable
/// may be bound one after the other.
class IndexBinding {
public:
  bool isBound(unsigned variable) const;
  /// Binds a digit of a pattern's variable; false if that contradicts what it
  /// is bound to.
  bool bind(const IndexSpace &space, IndexDigit digit,
            const IndexDigits &image);
  /// What a digit of a pattern's variable is bound to, if all of it is.
  std::optional<IndexDigits> find(const IndexSpace &space,
                                  IndexDigit digit) const;
  /// Null unless the whole variable is bound.
  AffineExpr lookup(const IndexSpace &space, unsigned variable) const;
  /// A coordinate with what is bound replaced; null if it cannot be.
  AffineExpr apply(const IndexSpace &space, AffineExpr coord) const;
  /// Without the parts of these variables, or with those only.
  IndexBinding without(ArrayRef<unsigned> variables) const;
  IndexBinding only(ArrayRef<unsigned> variables) const;
  /// Whether an image uses one of these variables.
  bool mentions(ArrayRef<unsigned> variables) const;
  void append(const IndexBinding &other) {
    llvm::append_range(parts, other.parts);
  }

private:
  struct Part {
    IndexDigit digit;
    IndexDigits image;
  };
  SmallVector<Part, 8> parts;
};

} // namespace mlir::norm

#endif // NORM_ANALYSIS_INDEXSPACE_H

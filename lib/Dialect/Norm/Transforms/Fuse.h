// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parts of norm-fuse: operations seen as loops around scalars, groups of
// them that become one row program, and what is said about them.

#ifndef LIB_NORM_DIALECT_NORM_TRANSFORMS_FUSE_H
#define LIB_NORM_DIALECT_NORM_TRANSFORMS_FUSE_H

#include "norm/Analysis/IndexSpace.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::norm::fuse {

/// A coordinate of a group's index space for each dim of a tensor; 0 along dims
/// of size 1.
using Coords = SmallVector<AffineExpr>;

/// A tensor or scalar that is read, and the loops at which.
struct Read {
  Value value;
  /// From the operation's loops; no results for a scalar.
  AffineMap map;
  /// What its element is called in the operation's block, if it has one.
  Value element;
  /// Whether it is the start of a sum over rows.
  bool isInit = false;
};

/// A reduction of a linalg operation: what is combined with the accumulator.
struct Reduction {
  vector::CombiningKind kind;
  Operation *combiner;
  Value value;
};

/// An operation on tensors as loops around a block of scalars: a linalg
/// operation, a row program, or an elementwise operation on tensors.
class FusibleOp {
public:
  /// Nothing, with the reason, for an operation that no row program can hold.
  static std::optional<FusibleOp> get(Operation *op, std::string &why);

  Operation *getOperation() const { return op; }
  /// The size of each loop.
  ArrayRef<DimSize> getLoopSizes() const { return loopSizes; }
  unsigned getNumLoops() const { return loopSizes.size(); }
  /// The loops along which it combines elements, increasing: reduction loops,
  /// or normalized dims.
  ArrayRef<int64_t> getCombinedLoops() const { return combinedLoops; }
  bool isCombined(unsigned loop) const {
    return llvm::is_contained(combinedLoops, loop);
  }
  /// Whether it combines at all: a row program may do without.
  bool hasCollectives() const { return collectives; }
  /// Whether it is a row program already.
  bool isProgram() const { return isa<GenericOp>(op); }

  /// What it reads: its operands whose elements matter, in their order, then
  /// scalars that its block uses from outside.
  ArrayRef<Read> getReads() const { return reads; }
  /// The map of a result; null for one that nobody uses.
  AffineMap getResultMap(unsigned number) const { return resultMaps[number]; }
  /// Whether the result adds up over rows.
  bool isAccumulator(unsigned number) const;
  /// The reduction that gives the result of a linalg operation, if one does.
  const Reduction *getReduction(unsigned number) const;

  /// How many more sweeps over the row its results stand behind its reads.
  unsigned getNumPhases() const;
  /// The time that its block takes for an element, in simple vector operations;
  /// see docs/Fusion.md.
  unsigned getWeight() const;

private:
  explicit FusibleOp(Operation *op) : op(op) {}
  bool initLinalg(std::string &why);
  bool initProgram(std::string &why);
  bool initElementwise(std::string &why);
  SmallVector<Value> getYielded() const;
  bool addReductions(std::string &why);
  bool addReads(std::string &why);

  Operation *op;
  SmallVector<DimSize> loopSizes;
  SmallVector<int64_t> combinedLoops;
  bool collectives = false;
  SmallVector<Read> reads;
  SmallVector<AffineMap> resultMaps;
  SmallVector<std::optional<Reduction>> reductions;
};

/// The operations of a block that values depend on.
llvm::SmallDenseSet<Operation *> getSlice(Block &block, ArrayRef<Value> roots);

/// Whether the operation gives a tensor another shape and nothing else, in a
/// way that coordinates can follow.
bool isReshape(Operation *op);

/// The bytes of an element in memory; those of index are taken as 8.
unsigned getNumBytes(Type elementType);

/// The scalar that all elements of a tensor are: a value, a constant, or
/// neither.
struct Splat {
  Value value;
  TypedAttr constant;
  explicit operator bool() const { return value || constant; }
};
Splat getSplat(Value tensor);

/// The dims of a row program to be: the digits into which the accesses to
/// tensors cut the index variables, the most significant of each first.
class ProgramDims {
public:
  /// The variables in the order of `loops`, each of which is one or 0; of the
  /// latter each is a dim of size 1 if asked for. Nothing where the parts of a
  /// variable do not nest.
  static std::optional<ProgramDims> get(const IndexSpace &space,
                                        ArrayRef<AffineExpr> loops,
                                        ArrayRef<AffineExpr> coords,
                                        bool withUnits);
  unsigned size() const { return digits.size(); }
  const IndexDigit &operator[](unsigned dim) const { return digits[dim]; }
  /// Whether the dim is one of size 1 that no variable has.
  bool isUnit(unsigned dim) const { return digits[dim].variable == noVariable; }
  /// The dims that make up a coordinate, the most significant first.
  SmallVector<int64_t> of(AffineExpr coord) const;
  SmallVector<int64_t> of(ArrayRef<AffineExpr> coords) const;

private:
  explicit ProgramDims(const IndexSpace &space) : space(&space) {}
  static constexpr unsigned noVariable = ~0u;
  const IndexSpace *space;
  SmallVector<IndexDigit> digits;
};

/// An operation of a group, and where its loops stand in the group's space.
struct Member {
  FusibleOp fusible;
  Coords loops;
  Operation *getOperation() const { return fusible.getOperation(); }
  Coords apply(AffineMap map) const;
};

/// A tensor and where it is accessed.
struct Access {
  Value tensor;
  Coords coords;
};

/// Operations of one block that become one row program.
class Group {
public:
  explicit Group(const FusibleOp &seed);

  /// Takes an operation in, unless that cannot be, or does not pay; then the
  /// group is as before and `why` says it.
  bool add(const FusibleOp &fusible, std::string &why);

  bool contains(Operation *op) const { return positions.contains(op); }
  /// The operations that read what members compute, whose results members
  /// read, or that combine along what a member reads too, in block order.
  SmallVector<Operation *> getNeighbours() const;
  /// Whether one row program is better than the members as they are.
  bool isWorthwhile() const;

  // For the builder and the report.
  const IndexSpace &getSpace() const { return space; }
  /// In block order.
  ArrayRef<Member> getMembers() const { return members; }
  ProgramDims getDims(bool withUnits = false) const;
  /// The loops of the operation that it grew from.
  const Coords &getLoops() const { return loops; }
  /// Whether the variable runs along rows' elements, not over rows.
  bool isNormalized(unsigned variable) const {
    return normalized.contains(variable);
  }
  /// Tensors that members read and no member computes, once each; without
  /// those that are one scalar.
  SmallVector<Access> getInputs() const;
  /// Results of members that others use, in block order.
  SmallVector<OpResult> getOutputs() const;
  /// Where a tensor's elements are, if a member computes it, maybe in another
  /// shape.
  std::optional<Coords> getCoords(Value tensor) const;
  /// What a tensor is a reshape of.
  static Value stripReshapes(Value tensor);
  /// Operations between the first and the last member that use what members
  /// compute. Nothing, with the reason, where they cannot come after all
  /// members.
  std::optional<SmallVector<Operation *>> getDependents(std::string &why) const;
  unsigned getNumPhases() const;

private:
  std::optional<Coords> place(const FusibleOp &fusible, std::string &why);
  bool bindToMembers(const FusibleOp &fusible, Coords &loops,
                     std::string &why) const;
  bool bindToSharedInputs(const FusibleOp &fusible, Coords &loops) const;
  bool bindBySize(const FusibleOp &fusible, Coords &loops) const;
  bool check(const Member &added, std::string &why) const;
  bool checkRows(const Member &added, const ProgramDims &dims,
                 std::string &why) const;
  bool checkSizes(const ProgramDims &dims, std::string &why) const;
  bool checkCost(const Member &added, const ProgramDims &dims,
                 std::string &why) const;
  std::optional<ProgramDims> findDims(bool withUnits = false) const;
  /// How vectors can lie: 2 along the row, 1 over rows, 0 not at all.
  unsigned rankLanes(const ProgramDims &dims) const;
  /// The phase in which each member's results are known.
  SmallVector<unsigned> getPhases() const;
  uint64_t getSweeps(unsigned position) const;
  unsigned getReadPhase(const Member &member, ArrayRef<unsigned> phases) const;
  void insert(Member member);
  void remove(Operation *op);
  std::optional<Coords> follow(Operation *reshape, const Coords &coords,
                               bool backwards) const;

  IndexSpace space;
  Coords loops;
  llvm::SmallSetVector<unsigned, 4> normalized;
  SmallVector<Member, 0> members;
  llvm::DenseMap<Operation *, unsigned> positions;
};

/// Replaces a group's members by one row program and returns it.
GenericOp build(RewriterBase &rewriter, const Group &group);

} // namespace mlir::norm::fuse

#endif // LIB_NORM_DIALECT_NORM_TRANSFORMS_FUSE_H

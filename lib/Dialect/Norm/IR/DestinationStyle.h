// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What all operations in destination style share, named ones and norm.generic.

#ifndef NORM_LIB_DIALECT_NORM_IR_DESTINATIONSTYLE_H
#define NORM_LIB_DIALECT_NORM_IR_DESTINATIONSTYLE_H

#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::norm {

using MemoryEffectList =
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>;

/// All operands tensors or all memrefs (scalars apart); the results are the
/// tensors among the inits; no memref is two inits.
LogicalResult verifyDestinationStyle(DestinationStyleOpInterface op);

/// Reads of memref inputs, writes of memref inits, and reads of the inits for
/// which `readsInit` says so.
void appendDestinationStyleEffects(DestinationStyleOpInterface op,
                                   MemoryEffectList &effects,
                                   function_ref<bool(unsigned)> readsInit);

/// On tensors speculatable, on memrefs not.
Speculation::Speculatability
destinationStyleSpeculatability(DestinationStyleOpInterface op);

/// Each result has the sizes of its init.
LogicalResult
reifyFromInits(DestinationStyleOpInterface op, OpBuilder &builder,
               SmallVectorImpl<SmallVector<OpFoldResult>> &shapes);

/// The custom assembly directive `InitResults` prints nothing and infers the
/// results from the inits' types.
inline void appendInitResults(SmallVectorImpl<Type> &results,
                              TypeRange initTypes) {
  for (Type type : initTypes)
    if (isa_and_present<RankedTensorType>(type))
      results.push_back(type);
}

template <typename... Inits>
ParseResult parseInitResults(OpAsmParser &, SmallVectorImpl<Type> &results,
                             const Inits &...inits) {
  (appendInitResults(results, inits), ...);
  return success();
}

template <typename... Inits>
void printInitResults(OpAsmPrinter &, Operation *, TypeRange,
                      const Inits &...) {}

/// The same for norm.statistics, whose inits are of one type.
inline ParseResult parseStatisticsResults(OpAsmParser &parser,
                                          SmallVectorImpl<Type> &results,
                                          Type init) {
  return parseInitResults(parser, results, SmallVector<Type>(4, init));
}

inline void printStatisticsResults(OpAsmPrinter &, Operation *, TypeRange,
                                   Type) {}

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_IR_DESTINATIONSTYLE_H

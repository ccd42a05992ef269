// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_DIALECT_NORM_TRANSFORMS_TILINGINTERFACEIMPL_H
#define NORM_DIALECT_NORM_TRANSFORMS_TILINGINTERFACEIMPL_H

namespace mlir {
class DialectRegistry;

namespace norm {

/// Lets upstream's drivers tile norm operations and fuse them with what stands
/// before and after them (`TilingInterface`, `PartialReductionOpInterface`),
/// and its analysis of bounds see that a result has its init's sizes
/// (`ValueBoundsOpInterface`). Tiles are slices of the operands by their maps;
/// a dim over which a row is normalized is never cut.
void registerTilingInterfaceExternalModels(DialectRegistry &registry);

} // namespace norm
} // namespace mlir

#endif // NORM_DIALECT_NORM_TRANSFORMS_TILINGINTERFACEIMPL_H

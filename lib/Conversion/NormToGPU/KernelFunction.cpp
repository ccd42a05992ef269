// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "KernelFunction.h"
#include "Alignment.h"
#include "RowValues/ValueEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace mlir::norm;

/// The address space of global memory, as NVVM numbers it.
static constexpr unsigned globalSpace = 1;

/// That of workgroup memory, and where a buffer in it begins: multiples of
/// this.
static constexpr unsigned workgroupSpace = 3;
static constexpr int64_t bufferAlignment = 16;

/// Strides that do not follow from the sizes.
static SmallVector<int64_t> getFreeStrides(MemRefType type) {
  auto [strides, offset] = type.getStridesAndOffset();
  if (type.getLayout().isIdentity())
    return {};
  return strides;
}

//===----------------------------------------------------------------------===//
// What the arguments are
//===----------------------------------------------------------------------===//

void KernelFunction::collect() {
  dims.resize(op.getNumDims());
  for (auto [index, operand, map] :
       llvm::enumerate(op->getOperands(), op.getIndexingMapsArray())) {
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (!type) {
      scalars.push_back(operand);
      continue;
    }
    memrefs.insert(operand);
    for (auto [position, dim] : llvm::enumerate(ValueEmitter::dimsOf(map)))
      if (ShapedType::isDynamic(dims[dim].size))
        dims[dim] = {unsigned(index), unsigned(position),
                     type.getDimSize(position)};
  }
}

/// Whether some offset in an operand, in bytes, may exceed what 31 bits hold.
bool KernelFunction::needs64Bits() const {
  for (Value memref : memrefs) {
    auto type = cast<MemRefType>(memref.getType());
    auto [strides, offset] = type.getStridesAndOffset();
    int64_t last = getBytes(type.getElementType());
    int64_t span = last;
    for (auto [size, stride] : llvm::zip_equal(type.getShape(), strides)) {
      if (ShapedType::isDynamic(size) || ShapedType::isDynamic(stride) ||
          llvm::MulOverflow(size - 1, stride, stride) ||
          llvm::MulOverflow(stride, last, stride) ||
          llvm::AddOverflow(span, stride, span))
        return true;
    }
    if (span > std::numeric_limits<int32_t>::max())
      return true;
  }
  return false;
}

bool KernelFunction::isWritten(Value memref) const {
  return llvm::is_contained(GenericOp(op).getOutputs(), memref);
}

/// Whether the memref, or a part of it, may be an output's memory, which is
/// allowed where maps are equal.
bool KernelFunction::mayOverlapOutput(Value memref) const {
  GenericOp generic = op;
  if (isWritten(memref))
    return true;
  if (assumptions.distinct)
    return false;
  auto widthOf = [](Value value) {
    Type type = getElementTypeOrSelf(value.getType());
    return type.isIntOrFloat() ? type.getIntOrFloatBitWidth() : 64;
  };
  for (auto [index, input] : llvm::enumerate(generic.getInputs()))
    for (auto [number, output] : llvm::enumerate(generic.getOutputs()))
      if (input == memref &&
          generic.getInputMap(index) == generic.getOutputMap(number) &&
          widthOf(input) == widthOf(output))
        return true;
  return false;
}

static bool mayBeInput(GenericOp op, unsigned output) {
  for (unsigned input = 0; input < op.getInputs().size(); ++input)
    if (op.getInputMap(input) == op.getOutputMap(output))
      return true;
  return false;
}

int64_t KernelFunction::getKnownAlignment(unsigned operand) const {
  Value value = op->getOperand(operand);
  while (true) {
    Operation *producer = value.getDefiningOp();
    if (auto known = dyn_cast_or_null<memref::AssumeAlignmentOp>(producer))
      return std::max<int64_t>(known.getAlignment(), assumptions.alignment);
    if (auto memory = dyn_cast_or_null<memref::AllocOp>(producer))
      return std::max<int64_t>(memory.getAlignment().value_or(1),
                               assumptions.alignment);
    if (!isa_and_present<memref::CollapseShapeOp, memref::ExpandShapeOp,
                         memref::CastOp>(producer))
      break;
    value = producer->getOperand(0);
  }
  int64_t alignment = assumptions.alignment;
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || !cast<MemRefType>(value.getType()).getLayout().isIdentity())
    return alignment;
  auto parent =
      dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp());
  if (!parent || !argument.getOwner()->isEntryBlock())
    return alignment;
  if (auto known = parent.getArgAttrOfType<IntegerAttr>(
          argument.getArgNumber(), LLVM::LLVMDialect::getAlignAttrName()))
    alignment = std::max(alignment, known.getInt());
  return alignment;
}

void KernelFunction::setArgumentAttributes() {
  for (auto [position, memref] : llvm::enumerate(memrefs)) {
    int64_t alignment = 1;
    bool isDistinct = !mayOverlapOutput(memref);
    for (OpOperand &operand : op->getOpOperands())
      if (operand.get() == memref)
        alignment =
            std::max(alignment, getKnownAlignment(operand.getOperandNumber()));
    if (alignment > 1)
      function.setArgAttr(position, LLVM::LLVMDialect::getAlignAttrName(),
                          rewriter.getI64IntegerAttr(alignment));
    if (isDistinct) {
      function.setArgAttr(position, LLVM::LLVMDialect::getNoAliasAttrName(),
                          rewriter.getUnitAttr());
      function.setArgAttr(position, LLVM::LLVMDialect::getReadonlyAttrName(),
                          rewriter.getUnitAttr());
    }
    for (auto [number, output] : llvm::enumerate(op.getOutputs()))
      if (output == memref && !llvm::is_contained(op.getInputs(), memref) &&
          (assumptions.distinct || !mayBeInput(op, number)))
        function.setArgAttr(position, LLVM::LLVMDialect::getNoAliasAttrName(),
                            rewriter.getUnitAttr());
  }
}

//===----------------------------------------------------------------------===//
// Inside
//===----------------------------------------------------------------------===//

Value KernelFunction::getPointer(unsigned operand) const {
  auto *found = llvm::find(memrefs, op->getOperand(operand));
  if (found == memrefs.end())
    return nullptr;
  return gpu::GPUFuncOp(function).getArgument(found - memrefs.begin());
}

Value KernelFunction::makeConstant(int64_t value) {
  return LLVM::ConstantOp::create(rewriter, loc, indexType,
                                  rewriter.getIntegerAttr(indexType, value));
}

/// A memref at an address, without an offset.
Value KernelFunction::makeMemRef(Type type, Value pointer,
                                 ArrayRef<Value> sizes,
                                 ArrayRef<Value> strides) {
  SmallVector<Type> fields = {pointer.getType(), pointer.getType(), indexType};
  if (!sizes.empty())
    fields.append(2, LLVM::LLVMArrayType::get(indexType, sizes.size()));
  auto descriptorType =
      LLVM::LLVMStructType::getLiteral(rewriter.getContext(), fields);
  Value descriptor = LLVM::PoisonOp::create(rewriter, loc, descriptorType);
  auto insert = [&](Value value, ArrayRef<int64_t> position) {
    descriptor =
        LLVM::InsertValueOp::create(rewriter, loc, descriptor, value, position);
  };
  insert(pointer, 0);
  insert(pointer, 1);
  insert(makeConstant(0), 2);
  for (int64_t i = 0, e = sizes.size(); i < e; ++i) {
    insert(sizes[i], {3, i});
    insert(strides[i], {4, i});
  }
  return UnrealizedConversionCastOp::create(rewriter, loc, type, descriptor)
      .getResult(0);
}

/// The memref's type in the kernel: global memory, without an offset.
Type KernelFunction::getInnerType(MemRefType type) const {
  MemRefLayoutAttrInterface layout;
  if (!type.getLayout().isIdentity()) {
    auto [strides, offset] = type.getStridesAndOffset();
    layout = StridedLayoutAttr::get(type.getContext(), 0, strides);
  }
  return MemRefType::get(type.getShape(), type.getElementType(), layout,
                         rewriter.getI64IntegerAttr(globalSpace));
}

/// A memref in the kernel, of the pointer, the sizes and the next of `strides`.
Value KernelFunction::rebuild(Value memref, Value pointer,
                              ArrayRef<Value> dimSizes,
                              ArrayRef<Value> &freeStrides) {
  auto type = cast<MemRefType>(memref.getType());
  auto operand = llvm::find(op->getOperands(), memref);
  AffineMap map =
      op.getIndexingMapsArray()[operand - op->getOperands().begin()];
  SmallVector<Value> sizes, strides;
  for (auto [position, dim] : llvm::enumerate(ValueEmitter::dimsOf(map)))
    sizes.push_back(type.isDynamicDim(position)
                        ? dimSizes[dim]
                        : makeConstant(type.getDimSize(position)));
  auto [staticStrides, offset] = type.getStridesAndOffset();
  strides.resize(sizes.size());
  Value product;
  for (int64_t position = sizes.size() - 1; position >= 0; --position) {
    if (!ShapedType::isDynamic(staticStrides[position]))
      strides[position] = makeConstant(staticStrides[position]);
    else if (type.getLayout().isIdentity())
      strides[position] = product;
    if (type.getLayout().isIdentity() && position > 0)
      product = LLVM::MulOp::create(rewriter, loc, strides[position],
                                    sizes[position]);
  }
  for (Value &stride : strides)
    if (!stride) {
      stride = freeStrides.front();
      freeStrides = freeStrides.drop_front();
    }
  return makeMemRef(getInnerType(type), pointer, sizes, strides);
}

SmallVector<Value>
KernelFunction::createRequestedMemory(int64_t size, TypeRange elementTypes) {
  // Not gpu.dynamic_shared_memory: what upstream makes of that is a variable of
  // one byte, which the launch's memory does not begin with.
  OpBuilder globals(function);
  auto bytes = LLVM::LLVMArrayType::get(rewriter.getI8Type(), 0);
  auto global = LLVM::GlobalOp::create(
      globals, loc, bytes, /*isConstant=*/false, LLVM::Linkage::External,
      (function.getName() + "_memory").str(), Attribute(), bufferAlignment,
      workgroupSpace);
  Value memory = LLVM::AddressOfOp::create(rewriter, loc, global);
  SmallVector<Value> buffers;
  int64_t first = 0;
  for (Type type : elementTypes) {
    Value pointer = LLVM::GEPOp::create(rewriter, loc, memory.getType(),
                                        rewriter.getI8Type(), memory,
                                        ArrayRef<LLVM::GEPArg>{int32_t(first)});
    auto memrefType =
        MemRefType::get(size, type, MemRefLayoutAttrInterface(),
                        rewriter.getI64IntegerAttr(workgroupSpace));
    buffers.push_back(
        makeMemRef(memrefType, pointer, makeConstant(size), makeConstant(1)));
    first += llvm::alignTo(size * getBytes(type), bufferAlignment);
  }
  return buffers;
}

void KernelFunction::create() {
  collect();
  bool isWide = needs64Bits();
  MLIRContext *context = rewriter.getContext();
  indexType = isWide ? rewriter.getI64Type() : rewriter.getI32Type();
  auto pointer = LLVM::LLVMPointerType::get(context, globalSpace);
  SmallVector<Type> types(memrefs.size(), pointer);
  for (Value scalar : scalars)
    types.push_back(isa<IndexType>(scalar.getType()) ? rewriter.getI64Type()
                                                     : scalar.getType());
  unsigned numDynamic = llvm::count_if(dims, [](const DimSource &dim) {
    return ShapedType::isDynamic(dim.size);
  });
  unsigned numStrides = 0;
  for (Value memref : memrefs)
    numStrides += llvm::count_if(
        getFreeStrides(cast<MemRefType>(memref.getType())),
        [](int64_t stride) { return ShapedType::isDynamic(stride); });
  types.append(numDynamic + numStrides, rewriter.getI64Type());

  Operation *symbolTable = SymbolTable::getNearestSymbolTable(op);
  symbolTable->setAttr(gpu::GPUDialect::getContainerModuleAttrName(),
                       rewriter.getUnitAttr());
  auto parent = op->getParentOfType<FunctionOpInterface>();
  std::string name = (parent.getName() + "_kernel").str();
  rewriter.setInsertionPointToEnd(&symbolTable->getRegion(0).front());
  auto module = gpu::GPUModuleOp::create(rewriter, loc, name);
  SymbolTable(symbolTable).insert(module);
  if (!isWide)
    module->setAttr(
        DLTIDialect::kDataLayoutAttrName,
        DataLayoutSpecAttr::get(context, {DataLayoutEntryAttr::get(
                                             rewriter.getIndexType(),
                                             rewriter.getI32IntegerAttr(32))}));
  rewriter.setInsertionPointToStart(module.getBody());
  function = gpu::GPUFuncOp::create(rewriter, loc, module.getName(),
                                    rewriter.getFunctionType(types, {}));
  function->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                    rewriter.getUnitAttr());
  setArgumentAttributes();
  rewriter.setInsertionPointToStart(&function.getBody().front());

  ArrayRef<BlockArgument> arguments = function.getArguments();
  SmallVector<Value> sizes(dims.size());
  unsigned next = memrefs.size() + scalars.size();
  for (auto [dim, source] : llvm::enumerate(dims))
    if (ShapedType::isDynamic(source.size))
      sizes[dim] = arguments[next++];
  SmallVector<Value> strides(arguments.begin() + next, arguments.end());
  ArrayRef<Value> remaining = strides;
  llvm::DenseMap<Value, Value> rebuilt;
  for (auto [position, memref] : llvm::enumerate(memrefs))
    rebuilt[memref] = rebuild(memref, arguments[position], sizes, remaining);
  next = memrefs.size();
  for (Value operand : op->getOperands()) {
    if (Value inner = rebuilt.lookup(operand)) {
      operands.push_back(inner);
      continue;
    }
    Value scalar = arguments[next++];
    if (isa<IndexType>(operand.getType()))
      scalar = arith::IndexCastOp::create(rewriter, loc,
                                          rewriter.getIndexType(), scalar);
    operands.push_back(scalar);
  }
}

//===----------------------------------------------------------------------===//
// Outside
//===----------------------------------------------------------------------===//

/// The address of the memref's first element, for the kernel.
Value KernelFunction::emitPointer(Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  Value address =
      memref::ExtractAlignedPointerAsIndexOp::create(rewriter, loc, memref);
  auto [strides, offset] = type.getStridesAndOffset();
  if (offset != 0) {
    auto metadata =
        memref::ExtractStridedMetadataOp::create(rewriter, loc, memref);
    Value scale = arith::ConstantIndexOp::create(
        rewriter, loc, getBytes(type.getElementType()));
    Value inBytes = arith::MulIOp::create(
        rewriter, loc,
        getValueOrCreateConstantIndexOp(rewriter, loc,
                                        metadata.getConstifiedMixedOffset()),
        scale);
    address = arith::AddIOp::create(rewriter, loc, address, inBytes);
  }
  Value integer =
      arith::IndexCastOp::create(rewriter, loc, rewriter.getI64Type(), address);
  return LLVM::IntToPtrOp::create(
      rewriter, loc,
      LLVM::LLVMPointerType::get(rewriter.getContext(), globalSpace), integer);
}

void KernelFunction::launch(Value numBlocks, int64_t numThreads,
                            int64_t workgroupBytes, int64_t clusterSize) {
  Value zero = arith::ConstantIndexOp::create(rewriter, loc, 0);
  Value one = arith::ConstantIndexOp::create(rewriter, loc, 1);
  Value threads = arith::ConstantIndexOp::create(rewriter, loc, numThreads);
  Value hasRows = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::ne,
                                        numBlocks, zero);
  auto guard = scf::IfOp::create(rewriter, loc, hasRows, /*withElse=*/false);
  rewriter.setInsertionPoint(guard.thenBlock()->getTerminator());
  auto asInteger = [&](Value value) -> Value {
    return isa<IndexType>(value.getType())
               ? arith::IndexCastOp::create(rewriter, loc,
                                            rewriter.getI64Type(), value)
               : value;
  };
  SmallVector<Value> arguments;
  for (Value memref : memrefs)
    arguments.push_back(emitPointer(memref));
  for (Value scalar : scalars)
    arguments.push_back(asInteger(scalar));
  for (const DimSource &dim : dims)
    if (ShapedType::isDynamic(dim.size))
      arguments.push_back(asInteger(memref::DimOp::create(
          rewriter, loc, op->getOperand(dim.operand), dim.position)));
  for (Value memref : memrefs) {
    auto type = cast<MemRefType>(memref.getType());
    for (auto [position, stride] : llvm::enumerate(getFreeStrides(type)))
      if (ShapedType::isDynamic(stride))
        arguments.push_back(asInteger(
            memref::ExtractStridedMetadataOp::create(rewriter, loc, memref)
                .getStrides()[position]));
  }
  Value bytes;
  if (workgroupBytes > 0)
    bytes = arith::ConstantIntOp::create(rewriter, loc, workgroupBytes, 32);
  std::optional<gpu::KernelDim3> cluster;
  if (clusterSize > 1)
    cluster = gpu::KernelDim3{
        arith::ConstantIndexOp::create(rewriter, loc, clusterSize), one, one};
  gpu::LaunchFuncOp::create(rewriter, loc, function, {numBlocks, one, one},
                            {threads, one, one}, bytes, arguments,
                            /*asyncTokenType=*/nullptr,
                            /*asyncDependencies=*/{}, cluster);
}

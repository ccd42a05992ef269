"""Writes a .npy file: npy.py FILE DESCR SHAPE [VALUE ...] (fewer values than elements repeat).

Options spoil it: --fortran, --version=N.M, --truncate=BYTES, --extend=BYTES, --header=TEXT.
"""

import argparse
import ast
import struct
import sys

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("descr")
parser.add_argument("shape", help="a tuple, e.g. (2,3)")
parser.add_argument("values", nargs="*", type=float, default=[0.0])
parser.add_argument("--fortran", action="store_true")
parser.add_argument("--version", default="1.0")
parser.add_argument("--truncate", type=int, default=0)
parser.add_argument("--extend", type=int, default=0)
parser.add_argument("--header")
# Values may be negative: what starts with one dash is no option.
options = [argument for argument in sys.argv[1:] if argument.startswith("--")]
args = parser.parse_args(options + ["--"] + [argument for argument in sys.argv[1:] if argument not in options])

codes = {"f2": "e", "f4": "f", "f8": "d", "b1": "?", "i1": "b", "u1": "B", "i2": "h", "i4": "i", "i8": "q"}
count = 1
for size in ast.literal_eval(args.shape):
    count *= size
code = codes.get(args.descr[1:], "d")
order = ">" if args.descr[0] == ">" else "<"
values = [args.values[i % len(args.values)] for i in range(min(count, 1 << 20))]
if code not in "efd":
    values = [int(value) for value in values]
data = struct.pack(f"{order}{len(values)}{code}", *values) + bytes(args.extend)

header = args.header or (f"{{'descr': '{args.descr}', 'fortran_order': {args.fortran}, 'shape': {args.shape}, }}")
header = header.encode() + b"\n"
major, minor = map(int, args.version.split("."))
length = struct.pack("<H" if major == 1 else "<I", len(header))
content = b"\x93NUMPY" + bytes([major, minor]) + length + header + data
with open(args.file, "wb") as file:
    file.write(content[: len(content) - args.truncate])

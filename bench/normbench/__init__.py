"""Measures our ahead-of-time compiled normalizations beside libraries and beside what memory can do: see ../README.md."""

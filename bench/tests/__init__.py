"""Tests of the benchmark's own logic: no library to compare with, no network, no time."""

"""Measurements of nnlib against other libraries on one machine: python -m benchmarks."""

"""The book: its builder, its live figures, and kernels as WebAssembly. Only a clone needs it."""

"""What a process needs before Numba compiles, and where its code is kept."""

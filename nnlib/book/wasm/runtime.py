"""What compiled kernels call besides each other, for a page: the matrix products behind `@`, and ravel and reshape.

Conventions are those of BLAS: matrices by columns, entry (i, p) of A at i + p lda, or at p + i lda if it is transposed.
alpha is 1 and beta 0, as in every call that Numba makes. Memory, and what needs an address, is in runtime.ll.
"""
from numba import njit, types

N, T, REAL = ord("n"), ord("t"), ord("d")
size, char, flag = types.intp, types.char, types.intc
pointer, sizes = types.CPointer(types.float64), types.CPointer(types.intp)


def function(*arguments):
    return njit(types.intc(*arguments), no_cpython_wrapper=True, no_cfunc_wrapper=True)


@function(char, char, char, size, size, size, pointer, pointer, size, pointer, size, pointer, pointer, size)
def numba_xxgemm(kind, transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc):
    """Product of two matrices.

    Equation  C[i,j] = sum_p A[i,p] B[p,j]
    Shapes    A (m, k), B (k, n)  ->  C (m, n)
    """
    a_row, a_column = (1, lda) if transa == N else (lda, 1)
    b_row, b_column = (1, ldb) if transb == N else (ldb, 1)
    for j in range(n):
        for i in range(m):
            c[i + j * ldc] = 0.0
        for p in range(k):
            factor = b[p * b_row + j * b_column]
            for i in range(m):
                c[i + j * ldc] += a[i * a_row + p * a_column] * factor
    return 0


@function(char, char, size, size, pointer, pointer, size, pointer, pointer, pointer)
def numba_xxgemv(kind, trans, m, n, alpha, a, lda, x, beta, y):
    """Product of a matrix and a vector; m and n are the sizes of A before it is transposed.

    Equation  y[i] = sum_p A[i,p] x[p]
    """
    rows, columns = (m, n) if trans == N else (n, m)
    row, column = (1, lda) if trans == N else (lda, 1)
    for i in range(rows):
        total = 0.0
        for p in range(columns):
            total += a[i * row + p * column] * x[p]
        y[i] = total
    return 0


@function(char, char, size, pointer, pointer, pointer)
def numba_xxdot(kind, conjugate, n, a, b, out):
    """Product of two vectors.

    Equation  out = sum_p a[p] b[p]
    """
    total = 0.0
    for p in range(n):
        total += a[p] * b[p]
    out[0] = total
    return 0


@function(size, sizes, sizes, size, sizes, sizes, size, flag)
def numba_attempt_nocopy_reshape(ndim, shape, strides, new_ndim, new_shape, new_strides, itemsize, by_columns):
    """Whether an array can be read in another shape where it lies; here only an array without gaps can.

    Modifies  new_strides
    """
    step = itemsize
    for axis in range(ndim - 1, -1, -1):
        if by_columns or (shape[axis] != 1 and strides[axis] != step):
            return 0
        step *= shape[axis]
    step = itemsize
    for axis in range(new_ndim - 1, -1, -1):
        new_strides[axis] = step
        step *= new_shape[axis]
    return 1


FUNCTIONS = (numba_xxgemm, numba_xxgemv, numba_xxdot, numba_attempt_nocopy_reshape)

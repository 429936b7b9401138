"""Recurrent layers: the state after a step comes from the input of that step and from the state before it.

Outside, x is (N, T, D): one example per row. Inside, time comes first, so that all examples of a step lie together,
and each gate is an array of its own. The inputs of all steps are multiplied at once; only W h has to wait for h.
"""
import numpy as np
from numba import njit

kernel = njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract"})  # stays in this file; sums in any order


@kernel
def rnn_forward(x, h0, w_x, w_h, b):
    """States of a plain recurrent layer, one after every step.

    Equation  h[t] = tanh(W_x x[t] + W_h h[t-1] + b),   h[-1] = h0                       (8.1)
    Shapes    x (N, T, D), h0 (N, M), w_x (M, D), w_h (M, M), b (M,)  ->  h (N, T, M), states (T + 1, N, M)
    Saves     states: h0, h[0] ... h[T-1], for tanh' and for dW_h
    Source    Elman (1990), Finding structure in time
    """
    N, T, _ = x.shape
    M = len(b)
    a = input_scores(x, w_x, 1)[0]
    w = transposed(w_h, 1)[0]
    states = np.empty((T + 1, N, M), x.dtype)
    states[0] = h0
    for t in range(T):
        tanh_of_sum(a[t], states[t] @ w, b)
        states[t + 1] = a[t]
    return axes_swapped(states[1:]), states


@kernel
def rnn_backward(dh, states, x, h0, w_x, w_h, b):
    """Backpropagation through time: what a state does to its own output, and what it does to the next step.

    Equation  da[t] = (dh[t] + W_h^T da[t+1]) (1 - h[t]^2),   da[T] = 0                  (8.2)
              dx[t] = W_x^T da[t],   dh0 = W_h^T da[0]
              dW_x  = sum_t da[t] x[t]^T,   dW_h = sum_t da[t] h[t-1]^T,   db = sum_t da[t]     (and over n)
    Shapes    dh (N, T, M), states (T + 1, N, M), x (N, T, D), h0 (N, M), w_x (M, D), w_h (M, M), b (M,)
              ->  dx (N, T, D), dh0 (N, M), dw_x (M, D), dw_h (M, M), db (M,)
    Source    Werbos (1990), Backpropagation through time
    """
    N, T, M = dh.shape
    one = x.dtype.type(1)
    da = np.empty((1, T, N, M), x.dtype)
    later = np.zeros((N, M), x.dtype)                    # what the steps after t do to dh[t]
    for t in range(T - 1, -1, -1):
        for n in range(N):
            for m in range(M):
                h = states[t + 1, n, m]
                da[0, t, n, m] = (dh[n, t, m] + later[n, m]) * (one - h * h)
        later = da[0, t] @ w_h
    dx, dw_x, db = input_gradients(da, x, w_x)
    return dx, later, dw_x, weight_gradient(da, states), db


@kernel
def lstm_forward(x, h0, c0, w_x, w_h, b):
    """States of a long short-term memory layer: gates decide what its cells take in, keep, and show.

    Equation  i[t] = sigmoid(W_xi x[t] + W_hi h[t-1] + b_i)            input gate        (8.5)
              f[t] = sigmoid(W_xf x[t] + W_hf h[t-1] + b_f)            forget gate
              g[t] = tanh   (W_xg x[t] + W_hg h[t-1] + b_g)            candidate
              o[t] = sigmoid(W_xo x[t] + W_ho h[t-1] + b_o)            output gate
              c[t] = f[t] c[t-1] + i[t] g[t],   c[-1] = c0
              h[t] = o[t] tanh(c[t]),           h[-1] = h0
    Shapes    x (N, T, D), h0 (N, M), c0 (N, M), w_x (4M, D), w_h (4M, M), b (4M,), rows in the order i f g o
              ->  h (N, T, M), states (T + 1, N, M), cells (T + 1, N, M), gates (4, T, N, M)
    Saves     states and cells: h0, h[0] ... and c0, c[0] ..., for dW_h, df and tanh'; gates, for every term of da
    Source    Hochreiter and Schmidhuber (1997), Long short-term memory; Gers et al. (2000), Learning to forget
    """
    N, T, _ = x.shape
    M = len(b) // 4
    number = x.dtype.type
    gates = input_scores(x, w_x, 4)                      # every score is replaced by the value of its gate
    i, f, g, o = gates[0], gates[1], gates[2], gates[3]
    w = transposed(w_h, 4)
    states, cells = np.empty((T + 1, N, M), x.dtype), np.empty((T + 1, N, M), x.dtype)
    states[0], cells[0] = h0, c0
    for t in range(T):
        sigmoid_of_sum(i[t], states[t] @ w[0], b[:M])
        sigmoid_of_sum(f[t], states[t] @ w[1], b[M:2 * M])
        tanh_of_sum(g[t], states[t] @ w[2], b[2 * M:3 * M])
        sigmoid_of_sum(o[t], states[t] @ w[3], b[3 * M:])
        for n in range(N):
            for m in range(M):
                cells[t + 1, n, m] = f[t, n, m] * cells[t, n, m] + i[t, n, m] * g[t, n, m]
        for n in range(N):
            for m in range(M):
                states[t + 1, n, m] = o[t, n, m] * tanh(cells[t + 1, n, m], number)
    return axes_swapped(states[1:]), states, cells, gates


@kernel
def lstm_backward(dh, states, cells, gates, x, h0, c0, w_x, w_h, b):
    """Backpropagation through time; a cell hands its gradient back through the forget gate alone.

    Equation  dh[t]   = its own + W_h^T da[t+1]                                          (8.6)
              dc[t]   = dh[t] o[t] (1 - tanh(c[t])^2) + dc[t+1] f[t+1]
              da_i[t] = dc[t] g[t]        i[t] (1 - i[t])
              da_f[t] = dc[t] c[t-1]      f[t] (1 - f[t])
              da_g[t] = dc[t] i[t]        (1 - g[t]^2)
              da_o[t] = dh[t] tanh(c[t])  o[t] (1 - o[t])
              dx[t]   = W_x^T da[t],   dh0 = W_h^T da[0],   dc0 = dc[0] f[0]
              dW_x    = sum_t da[t] x[t]^T,   dW_h = sum_t da[t] h[t-1]^T,   db = sum_t da[t]     (and over n)
    Shapes    dh (N, T, M), states (T + 1, N, M), cells (T + 1, N, M), gates (4, T, N, M), then as forward takes them
              ->  dx (N, T, D), dh0 (N, M), dc0 (N, M), dw_x (4M, D), dw_h (4M, M), db (4M,)
    """
    N, T, M = dh.shape
    number = x.dtype.type
    one = number(1)
    w = w_h.reshape(4, M, M)
    da = np.empty_like(gates)
    dh_later, dc_later = np.zeros((N, M), x.dtype), np.zeros((N, M), x.dtype)
    tanh_c = np.empty((N, M), x.dtype)
    for t in range(T - 1, -1, -1):
        for n in range(N):
            for m in range(M):
                tanh_c[n, m] = tanh(cells[t + 1, n, m], number)
        for n in range(N):
            for m in range(M):
                i, f, g, o = gates[0, t, n, m], gates[1, t, n, m], gates[2, t, n, m], gates[3, t, n, m]
                dh_t = dh[n, t, m] + dh_later[n, m]
                dc_t = dh_t * o * (one - tanh_c[n, m] * tanh_c[n, m]) + dc_later[n, m]
                da[0, t, n, m] = dc_t * g * i * (one - i)
                da[1, t, n, m] = dc_t * cells[t, n, m] * f * (one - f)
                da[2, t, n, m] = dc_t * i * (one - g * g)
                da[3, t, n, m] = dh_t * tanh_c[n, m] * o * (one - o)
                dc_later[n, m] = dc_t * f
        dh_later[...] = 0
        for gate in range(4):
            add_product(da[gate, t], w[gate], dh_later)
    dx, dw_x, db = input_gradients(da, x, w_x)
    return dx, dh_later, dc_later, dw_x, weight_gradient(da, states), db


@kernel
def gru_forward(x, h0, w_x, w_h, b, b_h):
    """States of a gated recurrent layer: one gate resets the state for the candidate, one mixes the two.

    Equation  r[t] = sigmoid(W_xr x[t] + W_hr h[t-1] + b_r)            reset gate        (8.7)
              z[t] = sigmoid(W_xz x[t] + W_hz h[t-1] + b_z)            update gate
              q[t] = W_hn h[t-1] + b_h
              n[t] = tanh   (W_xn x[t] + r[t] q[t] + b_n)              candidate
              h[t] = (1 - z[t]) n[t] + z[t] h[t-1],   h[-1] = h0
    Shapes    x (N, T, D), h0 (N, M), w_x (3M, D), w_h (3M, M), b (3M,), rows in the order r z n, b_h (M,)
              ->  h (N, T, M), states (T + 1, N, M), gates (3, T, N, M), q (T, N, M)
    Saves     states: h0, h[0] ..., for dW_h and dz; gates, for every term of da; q, for dr
    Source    Cho et al. (2014), Learning phrase representations; r after the product with W_hn, as in PyTorch
    """
    N, T, _ = x.shape
    M = len(b_h)
    one = x.dtype.type(1)
    gates = input_scores(x, w_x, 3)                      # every score is replaced by the value of its gate
    r, z, candidate = gates[0], gates[1], gates[2]
    w = transposed(w_h, 3)
    states, q = np.empty((T + 1, N, M), x.dtype), np.empty((T, N, M), x.dtype)
    states[0] = h0
    reset = np.empty((N, M), x.dtype)
    for t in range(T):
        sigmoid_of_sum(r[t], states[t] @ w[0], b[:M])
        sigmoid_of_sum(z[t], states[t] @ w[1], b[M:2 * M])
        np.dot(states[t], w[2], q[t])
        for n in range(N):
            for m in range(M):
                q[t, n, m] += b_h[m]
                reset[n, m] = r[t, n, m] * q[t, n, m]
        tanh_of_sum(candidate[t], reset, b[2 * M:])
        for n in range(N):
            for m in range(M):
                states[t + 1, n, m] = (one - z[t, n, m]) * candidate[t, n, m] + z[t, n, m] * states[t, n, m]
    return axes_swapped(states[1:]), states, gates, q


@kernel
def gru_backward(dh, states, gates, q, x, h0, w_x, w_h, b, b_h):
    """Backpropagation through time; where z is near 1, the gradient passes a step unchanged.

    Equation  dh[t]   = its own + dh[t+1] z[t+1] + W_hr^T da_r[t+1] + W_hz^T da_z[t+1] + W_hn^T dq[t+1]  (8.8)
              da_n[t] = dh[t] (1 - z[t])       (1 - n[t]^2)
              da_z[t] = dh[t] (h[t-1] - n[t])  z[t] (1 - z[t])
              da_r[t] = da_n[t] q[t]           r[t] (1 - r[t]),   dq[t] = da_n[t] r[t]
              dx[t]   = W_x^T da[t],   dh0 = the part of dh[-1] that comes from step 0
              dW_x    = sum_t da[t] x[t]^T,   db = sum_t da[t],   db_h = sum_t dq[t]               (and over n)
              dW_h    = sum_t (da_r[t], da_z[t], dq[t]) h[t-1]^T
    Shapes    dh (N, T, M), states (T + 1, N, M), gates (3, T, N, M), q (T, N, M), then as forward takes them
              ->  dx (N, T, D), dh0 (N, M), dw_x (3M, D), dw_h (3M, M), db (3M,), db_h (M,)
    """
    N, T, M = dh.shape
    one = x.dtype.type(1)
    w = w_h.reshape(3, M, M)
    da, dq = np.empty_like(gates), np.empty_like(q)
    db_h = np.zeros_like(b_h)
    later = np.zeros((N, M), x.dtype)
    for t in range(T - 1, -1, -1):
        for n in range(N):
            for m in range(M):
                r, z, candidate = gates[0, t, n, m], gates[1, t, n, m], gates[2, t, n, m]
                dh_t = dh[n, t, m] + later[n, m]
                da_n = dh_t * (one - z) * (one - candidate * candidate)
                da[0, t, n, m] = da_n * q[t, n, m] * r * (one - r)
                da[1, t, n, m] = dh_t * (states[t, n, m] - candidate) * z * (one - z)
                da[2, t, n, m] = da_n
                dq[t, n, m] = da_n * r
                db_h[m] += da_n * r
                later[n, m] = dh_t * z
        add_product(da[0, t], w[0], later)
        add_product(da[1, t], w[1], later)
        add_product(dq[t], w[2], later)
    dx, dw_x, db = input_gradients(da, x, w_x)
    da[2] = dq                                           # W_hn meets the candidate through q
    return dx, later, dw_x, weight_gradient(da, states), db, db_h


@kernel
def tanh(a, number):
    """Hyperbolic tangent without a call or a branch, so that loops over it become vector instructions.

    Equation  tanh(u) = p / q,   p = u (1 + u^2/9 + u^4/945),   q = 1 + 4 u^2/9 + u^4/63,   u = a/16
              tanh(2u) = 2 p q / (p^2 + q^2),   four times
    Units     ``number`` is the type of a; the relative error stays below 5 of its rounding errors
    Source    Lambert's continued fraction, cut off after its fifth term
    """
    u = a
    if u > number(20):                                   # tanh is 1 there in both precisions; NaN stays NaN
        u = number(20)
    if u < number(-20):
        u = number(-20)
    u *= number(1 / 16)
    s = u * u
    p = u * (number(1) + s * (number(1 / 9) + s * number(1 / 945)))
    q = number(1) + s * (number(4 / 9) + s * number(1 / 63))
    for _ in range(4):
        p, q = number(2) * p * q, p * p + q * q
    return p / q


@kernel
def tanh_of_sum(a, r, b):
    """Replace a[n,m] by tanh(a[n,m] + r[n,m] + b[m])."""
    number = a.dtype.type
    for n in range(a.shape[0]):
        for m in range(a.shape[1]):
            a[n, m] = tanh(a[n, m] + r[n, m] + b[m], number)


@kernel
def sigmoid_of_sum(a, r, b):
    """Replace a[n,m] by sigmoid(a[n,m] + r[n,m] + b[m]), where sigmoid(a) = 1/2 + 1/2 tanh(a/2)."""
    number = a.dtype.type
    half = number(0.5)
    for n in range(a.shape[0]):
        for m in range(a.shape[1]):
            a[n, m] = half + half * tanh(half * (a[n, m] + r[n, m] + b[m]), number)


@kernel
def add_product(da, w, dh):
    """Add da W to dh."""
    product = da @ w
    for n in range(dh.shape[0]):
        for m in range(dh.shape[1]):
            dh[n, m] += product[n, m]


@kernel
def axes_swapped(x):
    """A contiguous copy with examples and steps exchanged: (N, T, D) -> (T, N, D), and back."""
    y = np.empty((x.shape[1], x.shape[0], x.shape[2]), x.dtype)
    for n in range(x.shape[0]):
        for t in range(x.shape[1]):
            y[t, n] = x[n, t]
    return y


@kernel
def transposed(w_h, G):
    """W_h^T of each of the G gates: (G M, M) -> (G, M, M)."""
    M = w_h.shape[1]
    return np.ascontiguousarray(w_h.reshape(G, M, M).transpose(0, 2, 1))


@kernel
def input_scores(x, w_x, G):
    """W_x x of each of the G gates, for all steps in one product: (G, T, N, M)."""
    N, T, D = x.shape
    M = len(w_x) // G
    rows = axes_swapped(x).reshape(T * N, D)
    a = np.empty((G, T, N, M), x.dtype)
    for g in range(G):
        np.dot(rows, w_x[g * M:(g + 1) * M].T, a[g].reshape(T * N, M))
    return a


@kernel
def input_gradients(da, x, w_x):
    """dx, dW_x and db from the gradients da (G, T, N, M) of all scores."""
    G, T, N, M = da.shape
    D = x.shape[2]
    rows = axes_swapped(x).reshape(T * N, D)
    dx = np.zeros((T * N, D), x.dtype)
    dw_x, db = np.empty_like(w_x), np.zeros(G * M, x.dtype)
    for g in range(G):
        da_rows = da[g].reshape(T * N, M)
        add_product(da_rows, w_x[g * M:(g + 1) * M], dx)
        np.dot(da_rows.T, rows, dw_x[g * M:(g + 1) * M])
        for row in range(T * N):
            for m in range(M):
                db[g * M + m] += da_rows[row, m]
    return axes_swapped(dx.reshape(T, N, D)), dw_x, db


@kernel
def weight_gradient(da, states):
    """dW_h from the gradients da (G, T, N, M) of all scores and the states before every step."""
    G, T, N, M = da.shape
    before = states[:T].reshape(T * N, M)
    dw_h = np.empty((G * M, M), da.dtype)
    for g in range(G):
        np.dot(da[g].reshape(T * N, M).T, before, dw_h[g * M:(g + 1) * M])
    return dw_h

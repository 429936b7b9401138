"""Recurrent layers: the state after a step comes from the input of that step and from the state before it.

Outside, x is (N, T, D): one example per row. Inside, time comes first, so that all examples of a step lie together,
and the gates of an example lie side by side. The inputs of all steps are multiplied at once; only W h has to wait
for h. Examples do not wait for each other: a core walks through all steps with four of them, then with the next four.
"""
import numpy as np
from numba import njit, prange

# These lines stay in this file: Numba's cache watches only it. Sums may be reordered, NaN stays NaN.
kernel = njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract"}, parallel={"prange": True, "numpy": False,
              "reduction": False, "setitem": False, "stencil": False, "comprehension": False, "fusion": False})
part = njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract"})


@kernel
def rnn_forward(x, h0, w_x, w_h, b):
    """States of a plain recurrent layer, one after every step.

    Equation  h[t] = tanh(W_x x[t] + W_h h[t-1] + b),   h[-1] = h0                       (8.1)
    Shapes    x (N, T, D), h0 (N, M), w_x (M, D), w_h (M, M), b (M,)  ->  h (N, T, M), states (T + 1, N, M)
    Saves     states: h0, h[0] ... h[T-1], for tanh' and for dW_h
    Source    Elman (1990), Finding structure in time
    """
    N, T, _ = x.shape
    a = input_scores(x, w_x)
    w = transposed(w_h)
    states = beginning_with(h0, T)
    for four in prange((N + 3) // 4):
        rnn_steps(a, states, w, b, 4 * four, min(N, 4 * four + 4))
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
    da = np.empty((T, N, M), x.dtype)
    dh0 = np.zeros(h0.shape, h0.dtype)
    for four in prange((N + 3) // 4):
        rnn_steps_back(da, dh0, dh, states, w_h, 4 * four, min(N, 4 * four + 4))
    dx, dw_x, db = input_gradients(da, x, w_x)
    return dx, dh0, dw_x, weight_gradient(da, states[:T]), db


def rnn_backward_parameters(dh, states, x, h0, w_x, w_h, b):
    """The same without dx, for the first layer of a network: with no columns of w_x, nothing is multiplied by them.

    Shapes    dh (N, T, M), states (T + 1, N, M), x (N, T, D), h0 (N, M), w_x (M, D), w_h (M, M), b (M,)
              ->  dh0 (N, M), dw_x (M, D), dw_h (M, M), db (M,)
    """
    return rnn_backward(dh, states, x, h0, w_x[:, :0], w_h, b)[1:]


@kernel
def lstm_forward(x, h0, c0, w_x, w_h, b):
    """States of a long short-term memory layer: gates decide what its cells take in, keep, and show.

    Equation  i[t] = sigmoid(W_xi x[t] + W_hi h[t-1] + b_i)            input gate        (8.5)
              f[t] = sigmoid(W_xf x[t] + W_hf h[t-1] + b_f)            forget gate
              g[t] = tanh   (W_xg x[t] + W_hg h[t-1] + b_g)            candidate
              o[t] = sigmoid(W_xo x[t] + W_ho h[t-1] + b_o)            output gate
              c[t] = f[t] c[t-1] + i[t] g[t],   c[-1] = c0
              h[t] = o[t] tanh(c[t]),           h[-1] = h0
    Shapes    x (N, T, D), h0 (N, M), c0 (N, M), w_x (4M, D), w_h (4M, M), b (4M,)
              ->  h (N, T, M), states (T + 1, N, M), cells (T + 1, N, M), gates (T, N, 4M);   rows in the order i f g o
    Saves     states and cells: h0, h[0] ... and c0, c[0] ..., for dW_h, df and tanh'; gates, for every term of da
    Source    Hochreiter and Schmidhuber (1997), Long short-term memory; Gers et al. (2000), Learning to forget
    """
    N, T, _ = x.shape
    gates = input_scores(x, w_x)                         # every score is replaced by the value of its gate
    w = transposed(w_h)
    states, cells = beginning_with(h0, T), beginning_with(c0, T)
    for four in prange((N + 3) // 4):
        lstm_steps(gates, states, cells, w, b, 4 * four, min(N, 4 * four + 4))
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
    Shapes    dh (N, T, M), states (T + 1, N, M), cells (T + 1, N, M), gates (T, N, 4M),
              x (N, T, D), h0 (N, M), c0 (N, M), w_x (4M, D), w_h (4M, M), b (4M,)
              ->  dx (N, T, D), dh0 (N, M), dc0 (N, M), dw_x (4M, D), dw_h (4M, M), db (4M,)
    """
    N, T, M = dh.shape
    da = np.empty(gates.shape, gates.dtype)
    dh0, dc0 = np.zeros(h0.shape, h0.dtype), np.zeros(c0.shape, c0.dtype)
    for four in prange((N + 3) // 4):
        lstm_steps_back(da, dh0, dc0, dh, cells, gates, w_h, 4 * four, min(N, 4 * four + 4))
    dx, dw_x, db = input_gradients(da, x, w_x)
    return dx, dh0, dc0, dw_x, weight_gradient(da, states[:T]), db


def lstm_backward_parameters(dh, states, cells, gates, x, h0, c0, w_x, w_h, b):
    """The same without dx, as for the plain layer.

    Shapes    dh (N, T, M), states (T + 1, N, M), cells (T + 1, N, M), gates (T, N, 4M),
              x (N, T, D), h0 (N, M), c0 (N, M), w_x (4M, D), w_h (4M, M), b (4M,)
              ->  dh0 (N, M), dc0 (N, M), dw_x (4M, D), dw_h (4M, M), db (4M,)
    """
    return lstm_backward(dh, states, cells, gates, x, h0, c0, w_x[:, :0], w_h, b)[1:]


@kernel
def gru_forward(x, h0, w_x, w_h, b, b_h):
    """States of a gated recurrent layer: one gate resets the state for the candidate, one mixes the two.

    Equation  r[t] = sigmoid(W_xr x[t] + W_hr h[t-1] + b_r)            reset gate        (8.7)
              z[t] = sigmoid(W_xz x[t] + W_hz h[t-1] + b_z)            update gate
              q[t] = W_hn h[t-1] + b_h
              n[t] = tanh   (W_xn x[t] + r[t] q[t] + b_n)              candidate
              h[t] = (1 - z[t]) n[t] + z[t] h[t-1],   h[-1] = h0
    Shapes    x (N, T, D), h0 (N, M), w_x (3M, D), w_h (3M, M), b (3M,), b_h (M,)
              ->  h (N, T, M), states (T + 1, N, M), gates (T, N, 3M), hidden (T, N, 3M);   rows in the order r z n
    Saves     states: h0, h[0] ..., for dW_h and dz; gates, for every term of da;
              hidden: W_h h[t-1], in its last third q[t], for da_r
    Source    Cho et al. (2014), Learning phrase representations; r after the product with W_hn, as in PyTorch
    """
    N, T, _ = x.shape
    gates = input_scores(x, w_x)                         # every score is replaced by the value of its gate
    w, hidden = transposed(w_h), np.empty(gates.shape, gates.dtype)
    states = beginning_with(h0, T)
    for four in prange((N + 3) // 4):
        gru_steps(gates, hidden, states, w, b, b_h, 4 * four, min(N, 4 * four + 4))
    return axes_swapped(states[1:]), states, gates, hidden


@kernel
def gru_backward(dh, states, gates, hidden, x, h0, w_x, w_h, b, b_h):
    """Backpropagation through time; where z is near 1, the gradient passes a step unchanged.

    Equation  dh[t]   = its own + dh[t+1] z[t+1] + W_hr^T da_r[t+1] + W_hz^T da_z[t+1] + W_hn^T dq[t+1]  (8.8)
              da_n[t] = dh[t] (1 - z[t])       (1 - n[t]^2)
              da_z[t] = dh[t] (h[t-1] - n[t])  z[t] (1 - z[t])
              da_r[t] = da_n[t] q[t]           r[t] (1 - r[t]),   dq[t] = da_n[t] r[t]
              dx[t]   = W_x^T da[t],   dh0 = the part of dh[-1] that comes from step 0
              dW_x    = sum_t da[t] x[t]^T,   db = sum_t da[t],   db_h = sum_t dq[t]               (and over n)
              dW_h    = sum_t (da_r[t], da_z[t], dq[t]) h[t-1]^T
    Shapes    dh (N, T, M), states (T + 1, N, M), gates (T, N, 3M), hidden (T, N, 3M),
              x (N, T, D), h0 (N, M), w_x (3M, D), w_h (3M, M), b (3M,), b_h (M,)
              ->  dx (N, T, D), dh0 (N, M), dw_x (3M, D), dw_h (3M, M), db (3M,), db_h (M,)
    """
    N, T, M = dh.shape
    da, dhidden = np.empty(gates.shape, gates.dtype), np.empty(gates.shape, gates.dtype)
    dh0 = np.zeros(h0.shape, h0.dtype)
    for four in prange((N + 3) // 4):
        gru_steps_back(da, dhidden, dh0, dh, states, gates, hidden, w_h, 4 * four, min(N, 4 * four + 4))
    dx, dw_x, db = input_gradients(da, x, w_x)
    db_h = column_sums(dhidden.reshape(T * N, 3 * M))[2 * M:].copy()
    return dx, dh0, dw_x, weight_gradient(dhidden, states[:T]), db, db_h


def gru_backward_parameters(dh, states, gates, hidden, x, h0, w_x, w_h, b, b_h):
    """The same without dx, as for the plain layer.

    Shapes    dh (N, T, M), states (T + 1, N, M), gates (T, N, 3M), hidden (T, N, 3M),
              x (N, T, D), h0 (N, M), w_x (3M, D), w_h (3M, M), b (3M,), b_h (M,)
              ->  dh0 (N, M), dw_x (3M, D), dw_h (3M, M), db (3M,), db_h (M,)
    """
    return gru_backward(dh, states, gates, hidden, x, h0, w_x[:, :0], w_h, b, b_h)[1:]


@part
def rnn_steps(a, states, w, b, first, end):
    """All steps of up to four examples. Modifies a, states."""
    M = w.shape[0]
    for t in range(len(a)):
        add_product(a[t], states[t], w, first, end)
        for n in range(first, end):
            tanh_of_sum(a[t, n], b)
            for m in range(M):
                states[t + 1, n, m] = a[t, n, m]


@part
def rnn_steps_back(da, later, dh, states, w_h, first, end):
    """The same backwards; later is what the steps after t do to dh[t]. Modifies da, later."""
    M = w_h.shape[1]
    one = da.dtype.type(1)
    for t in range(len(da) - 1, -1, -1):
        for n in range(first, end):
            for m in range(M):
                h = states[t + 1, n, m]
                da[t, n, m] = (dh[n, t, m] + later[n, m]) * (one - h * h)
                later[n, m] = 0
        add_product(later, da[t], w_h, first, end)


@part
def lstm_steps(gates, states, cells, w, b, first, end):
    """All steps of up to four examples. Modifies gates, states, cells."""
    M = w.shape[0]
    number = gates.dtype.type
    for t in range(len(gates)):
        add_product(gates[t], states[t], w, first, end)
        for n in range(first, end):
            a, c_before, c, h = gates[t, n], cells[t, n], cells[t + 1, n], states[t + 1, n]
            i, f, g, o = a[:M], a[M:2 * M], a[2 * M:3 * M], a[3 * M:]
            sigmoid_of_sum(a[:2 * M], b[:2 * M])
            tanh_of_sum(g, b[2 * M:3 * M])
            sigmoid_of_sum(o, b[3 * M:])
            for m in range(M):
                c[m] = f[m] * c_before[m] + i[m] * g[m]
            for m in range(M):
                h[m] = o[m] * tanh(c[m], number)


@part
def lstm_steps_back(da, dh_later, dc_later, dh, cells, gates, w_h, first, end):
    """The same backwards; what the steps after t do to dh[t] and dc[t] comes later. Modifies da, dh_later, dc_later."""
    M = w_h.shape[1]
    number = da.dtype.type
    one = number(1)
    tanh_c = np.empty(M, da.dtype)
    for t in range(len(da) - 1, -1, -1):
        for n in range(first, end):
            a, c_before, c, dh_t = gates[t, n], cells[t, n], cells[t + 1, n], dh[n, t]
            i, f, g, o = a[:M], a[M:2 * M], a[2 * M:3 * M], a[3 * M:]
            da_i, da_f, da_g, da_o = da[t, n, :M], da[t, n, M:2 * M], da[t, n, 2 * M:3 * M], da[t, n, 3 * M:]
            dh_next, dc_next = dh_later[n], dc_later[n]
            for m in range(M):
                tanh_c[m] = tanh(c[m], number)
            for m in range(M):
                dh_m = dh_t[m] + dh_next[m]
                dc_m = dh_m * o[m] * (one - tanh_c[m] * tanh_c[m]) + dc_next[m]
                da_i[m] = dc_m * g[m] * i[m] * (one - i[m])
                da_f[m] = dc_m * c_before[m] * f[m] * (one - f[m])
                da_g[m] = dc_m * i[m] * (one - g[m] * g[m])
                da_o[m] = dh_m * tanh_c[m] * o[m] * (one - o[m])
                dc_next[m] = dc_m * f[m]
                dh_next[m] = 0
        add_product(dh_later, da[t], w_h, first, end)


@part
def gru_steps(gates, hidden, states, w, b, b_h, first, end):
    """All steps of up to four examples. Modifies gates, hidden, states."""
    M = len(b_h)
    one = gates.dtype.type(1)
    for t in range(len(gates)):
        for n in range(first, end):
            for m in range(2 * M):
                hidden[t, n, m] = 0
            for m in range(M):
                hidden[t, n, 2 * M + m] = b_h[m]
        add_product(hidden[t], states[t], w, first, end)
        for n in range(first, end):
            a, from_state, h_before, h = gates[t, n], hidden[t, n], states[t, n], states[t + 1, n]
            r, z, candidate, q = a[:M], a[M:2 * M], a[2 * M:], from_state[2 * M:]
            for m in range(2 * M):
                a[m] += from_state[m]
            sigmoid_of_sum(a[:2 * M], b[:2 * M])
            for m in range(M):
                candidate[m] += r[m] * q[m]
            tanh_of_sum(candidate, b[2 * M:])
            for m in range(M):
                h[m] = (one - z[m]) * candidate[m] + z[m] * h_before[m]


@part
def gru_steps_back(da, dhidden, later, dh, states, gates, hidden, w_h, first, end):
    """The same backwards; later is what the steps after t do to dh[t]. Modifies da, dhidden, later."""
    M = w_h.shape[1]
    one = da.dtype.type(1)
    for t in range(len(da) - 1, -1, -1):
        for n in range(first, end):
            a, q, h_before, dh_t, next_ = gates[t, n], hidden[t, n, 2 * M:], states[t, n], dh[n, t], later[n]
            r, z, candidate = a[:M], a[M:2 * M], a[2 * M:]
            da_r, da_z, da_n = da[t, n, :M], da[t, n, M:2 * M], da[t, n, 2 * M:]
            to_r, to_z, dq = dhidden[t, n, :M], dhidden[t, n, M:2 * M], dhidden[t, n, 2 * M:]
            for m in range(M):
                dh_m = dh_t[m] + next_[m]
                da_n[m] = dh_m * (one - z[m]) * (one - candidate[m] * candidate[m])
                da_z[m] = dh_m * (h_before[m] - candidate[m]) * z[m] * (one - z[m])
                da_r[m] = da_n[m] * q[m] * r[m] * (one - r[m])
                to_r[m], to_z[m], dq[m] = da_r[m], da_z[m], da_n[m] * r[m]     # W_hn meets the candidate through q
                next_[m] = dh_m * z[m]
        add_product(later, dhidden[t], w_h, first, end)


@part
def add_product(a, h, w, first, end):
    """Add products to up to four rows; with four, four numbers of each at a time, so that a weight once loaded is used often.

    Equation  a[n,m] += sum_k h[n,k] w[k,m]   for n = first ... end - 1
    Shapes    a (N, from M on), h (N, from K on), w (K, M)
    Modifies  a
    """
    K, M = w.shape
    done = 0
    if end - first == 4:
        a0, a1, a2, a3 = a[first], a[first + 1], a[first + 2], a[first + 3]
        h0, h1, h2, h3 = h[first], h[first + 1], h[first + 2], h[first + 3]
        for k in range(0, K - 3, 4):
            w0, w1, w2, w3 = w[k], w[k + 1], w[k + 2], w[k + 3]
            h00, h01, h02, h03 = h0[k], h0[k + 1], h0[k + 2], h0[k + 3]
            h10, h11, h12, h13 = h1[k], h1[k + 1], h1[k + 2], h1[k + 3]
            h20, h21, h22, h23 = h2[k], h2[k + 1], h2[k + 2], h2[k + 3]
            h30, h31, h32, h33 = h3[k], h3[k + 1], h3[k + 2], h3[k + 3]
            for m in range(M):
                p, q, r, s = w0[m], w1[m], w2[m], w3[m]
                a0[m] += h00 * p + h01 * q + h02 * r + h03 * s
                a1[m] += h10 * p + h11 * q + h12 * r + h13 * s
                a2[m] += h20 * p + h21 * q + h22 * r + h23 * s
                a3[m] += h30 * p + h31 * q + h32 * r + h33 * s
        done = K // 4 * 4
    for n in range(first, end):
        for k in range(done, K):
            sums, weights, number = a[n], w[k], h[n, k]
            for m in range(M):
                sums[m] += number * weights[m]


@part
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


@part
def tanh_of_sum(a, b):
    """Replace every a[m] by tanh(a[m] + b[m])."""
    number = a.dtype.type
    for m in range(len(a)):
        a[m] = tanh(a[m] + b[m], number)


@part
def sigmoid_of_sum(a, b):
    """Replace every a[m] by sigmoid(a[m] + b[m]), where sigmoid(a) = 1/2 + 1/2 tanh(a/2)."""
    number = a.dtype.type
    half = number(0.5)
    for m in range(len(a)):
        a[m] = half + half * tanh(half * (a[m] + b[m]), number)


@part
def beginning_with(h0, T):
    """Room for h0 (N, M) and T states after it: (T + 1, N, M)."""
    N, M = h0.shape
    states = np.empty((T + 1, N, M), h0.dtype)
    for n in range(N):
        for m in range(M):
            states[0, n, m] = h0[n, m]
    return states


@part
def axes_swapped(x):
    """A contiguous copy with examples and steps exchanged: (N, T, D) -> (T, N, D), and back."""
    N, T, D = x.shape
    y = np.empty((T, N, D), x.dtype)
    for t in range(T):
        for n in range(N):
            to, given = y[t, n], x[n, t]
            for d in range(D):
                to[d] = given[d]
    return y


@part
def transposed(w):
    """A contiguous copy of W^T."""
    M, K = w.shape
    y = np.empty((K, M), w.dtype)
    for k in range(K):
        for m in range(M):
            y[k, m] = w[m, k]
    return y


@part
def input_scores(x, w_x):
    """W_x x for all steps in one product: (T, N, G M) for G gates."""
    N, T, D = x.shape
    return (axes_swapped(x).reshape(T * N, D) @ w_x.T).reshape(T, N, len(w_x))


@part
def input_gradients(da, x, w_x):
    """dx, dW_x and db from the gradients da (T, N, G M) of all scores."""
    T, N, size = da.shape
    rows = da.reshape(T * N, size)
    dx = axes_swapped((rows @ w_x).reshape(T, N, w_x.shape[1]))
    return dx, weight_gradient(da, axes_swapped(x)), column_sums(rows)


@part
def weight_gradient(da, x):
    """dW from the gradients da (T, N, G M) of all scores and what W was multiplied by in every step (T, N, D)."""
    T, N, size = da.shape
    rows = np.ascontiguousarray(x).reshape(T * N, x.shape[2])
    return transposed(rows.T @ da.reshape(T * N, size))  # the BLAS likes the wide factor last


@part
def column_sums(rows):
    """The sum of every column."""
    total = np.zeros(rows.shape[1], rows.dtype)
    for n in range(len(rows)):
        for m in range(len(total)):
            total[m] += rows[n, m]
    return total

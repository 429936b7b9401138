"""Recurrent layers: the state after a step comes from the input of that step and from the state before it.

Outside, x is (N, T, D): one example per row. Inside, time comes first, so that all examples of a step lie together,
and the gates of an example lie side by side. The inputs of all steps are multiplied at once; only W h has to wait
for h. Examples do not wait for each other: a core walks through all steps with a block of four, then with the next.
"""
import numpy as np
from numba import prange

from .decorators import any_order, on_all_cores
from .functions import tanh
from .products import add_matrix_product
from .sequences import (
    axes_swapped,
    beginning_with,
    column_sums,
    input_gradients,
    input_scores,
    sigmoid_of_sum,
    tanh_of_sum,
    transposed,
    weight_gradient,
)


@on_all_cores
def rnn_forward(x, h0, w_x, w_h, b):
    """States of a plain recurrent layer, one after every step.

    Equation  h[t] = tanh(W_x x[t] + W_h h[t-1] + b),   h[-1] = h0                      (10.1)
    Shapes    x (N, T, D), h0 (N, M), w_x (M, D), w_h (M, M), b (M,)  ->  h (N, T, M), states (T + 1, N, M)
    Saves     states: h0, h[0] ... h[T-1], for tanh' and for dW_h
    Source    Elman (1990), Finding structure in time
    """
    N, T, _ = x.shape
    a = input_scores(x, w_x)
    w = transposed(w_h)
    states = beginning_with(h0, T)
    for block in prange((N + 3) // 4):
        rnn_steps(a, states, w, b, 4 * block, min(N, 4 * block + 4))
    return axes_swapped(states[1:]), states


@any_order
def rnn_steps(a, states, w, b, first, end):
    """All steps of up to four examples. Modifies a, states."""
    M = w.shape[0]
    for t in range(len(a)):
        add_matrix_product(a[t], states[t], w, first, end)
        for n in range(first, end):
            tanh_of_sum(a[t, n], b)
            for m in range(M):
                states[t + 1, n, m] = a[t, n, m]


@on_all_cores
def rnn_backward(dh, states, x, h0, w_x, w_h, b):
    """Backpropagation through time: what a state does to its own output, and what it does to the next step.

    Equation  da[t] = (dh[t] + W_h^T da[t+1]) (1 - h[t]^2),   da[T] = 0                 (10.2)
              dx[t] = W_x^T da[t],   dh0 = W_h^T da[0]
              dW_x  = sum_t da[t] x[t]^T,   dW_h = sum_t da[t] h[t-1]^T,   db = sum_t da[t]     (and over n)
    Shapes    dh (N, T, M), states (T + 1, N, M), x (N, T, D), h0 (N, M), w_x (M, D), w_h (M, M), b (M,)
              ->  dx (N, T, D), dh0 (N, M), dw_x (M, D), dw_h (M, M), db (M,)
    Source    Werbos (1990), Backpropagation through time
    """
    N, T, M = dh.shape
    da = np.empty((T, N, M), x.dtype)
    dh0 = np.zeros(h0.shape, h0.dtype)
    for block in prange((N + 3) // 4):
        rnn_steps_back(da, dh0, dh, states, w_h, 4 * block, min(N, 4 * block + 4))
    dx, dw_x, db = input_gradients(da, x, w_x)
    return dx, dh0, dw_x, weight_gradient(da, states[:T]), db


@any_order
def rnn_steps_back(da, dh_later, dh, states, w_h, first, end):
    """The same backwards; dh_later is what the steps after t add to dh[t]. Modifies da, dh_later."""
    M = w_h.shape[1]
    one = da.dtype.type(1)
    for t in range(len(da) - 1, -1, -1):
        for n in range(first, end):
            for m in range(M):
                h = states[t + 1, n, m]
                da[t, n, m] = (dh[n, t, m] + dh_later[n, m]) * (one - h * h)
                dh_later[n, m] = 0
        add_matrix_product(dh_later, da[t], w_h, first, end)


def rnn_backward_parameters(dh, states, x, h0, w_x, w_h, b):
    """The same without dx, for the first layer of a network: with no columns of w_x, nothing is multiplied by them.

    Shapes    dh (N, T, M), states (T + 1, N, M), x (N, T, D), h0 (N, M), w_x (M, D), w_h (M, M), b (M,)
              ->  dh0 (N, M), dw_x (M, D), dw_h (M, M), db (M,)
    """
    return rnn_backward(dh, states, x, h0, w_x[:, :0], w_h, b)[1:]


@on_all_cores
def lstm_forward(x, h0, c0, w_x, w_h, b):
    """States of a long short-term memory layer: gates decide what its cells take in, keep, and show.

    Equation  i[t] = sigmoid(W_xi x[t] + W_hi h[t-1] + b_i)            input gate       (10.5)
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
    for block in prange((N + 3) // 4):
        lstm_steps(gates, states, cells, w, b, 4 * block, min(N, 4 * block + 4))
    return axes_swapped(states[1:]), states, cells, gates


@any_order
def lstm_steps(gates, states, cells, w, b, first, end):
    """All steps of up to four examples. Modifies gates, states, cells."""
    M = w.shape[0]
    real = gates.dtype.type
    for t in range(len(gates)):
        add_matrix_product(gates[t], states[t], w, first, end)
        for n in range(first, end):
            a, c_before, c, h = gates[t, n], cells[t, n], cells[t + 1, n], states[t + 1, n]
            i, f, g, o = a[:M], a[M:2 * M], a[2 * M:3 * M], a[3 * M:]
            sigmoid_of_sum(a[:2 * M], b[:2 * M])
            tanh_of_sum(g, b[2 * M:3 * M])
            sigmoid_of_sum(o, b[3 * M:])
            for m in range(M):
                c[m] = f[m] * c_before[m] + i[m] * g[m]
            for m in range(M):
                h[m] = o[m] * tanh(c[m], real)


@on_all_cores
def lstm_backward(dh, states, cells, gates, x, h0, c0, w_x, w_h, b):
    """Backpropagation through time; a cell hands its gradient back through the forget gate alone.

    Equation  dh[t]   = its own + W_h^T da[t+1]                                         (10.6)
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
    for block in prange((N + 3) // 4):
        lstm_steps_back(da, dh0, dc0, dh, cells, gates, w_h, 4 * block, min(N, 4 * block + 4))
    dx, dw_x, db = input_gradients(da, x, w_x)
    return dx, dh0, dc0, dw_x, weight_gradient(da, states[:T]), db


@any_order
def lstm_steps_back(da, dh_later, dc_later, dh, cells, gates, w_h, first, end):
    """The same backwards; dh_later and dc_later are what the steps after t add. Modifies da, dh_later, dc_later."""
    M = w_h.shape[1]
    real = da.dtype.type
    one = real(1)
    tanh_c = np.empty(M, da.dtype)
    for t in range(len(da) - 1, -1, -1):
        for n in range(first, end):
            a, c_before, c, dh_t = gates[t, n], cells[t, n], cells[t + 1, n], dh[n, t]
            i, f, g, o = a[:M], a[M:2 * M], a[2 * M:3 * M], a[3 * M:]
            da_i, da_f, da_g, da_o = da[t, n, :M], da[t, n, M:2 * M], da[t, n, 2 * M:3 * M], da[t, n, 3 * M:]
            dh_next, dc_next = dh_later[n], dc_later[n]
            for m in range(M):
                tanh_c[m] = tanh(c[m], real)
            for m in range(M):
                dh_m = dh_t[m] + dh_next[m]
                dc_m = dh_m * o[m] * (one - tanh_c[m] * tanh_c[m]) + dc_next[m]
                da_i[m] = dc_m * g[m] * i[m] * (one - i[m])
                da_f[m] = dc_m * c_before[m] * f[m] * (one - f[m])
                da_g[m] = dc_m * i[m] * (one - g[m] * g[m])
                da_o[m] = dh_m * tanh_c[m] * o[m] * (one - o[m])
                dc_next[m] = dc_m * f[m]
                dh_next[m] = 0
        add_matrix_product(dh_later, da[t], w_h, first, end)


def lstm_backward_parameters(dh, states, cells, gates, x, h0, c0, w_x, w_h, b):
    """The same without dx, as for the plain layer.

    Shapes    dh (N, T, M), states (T + 1, N, M), cells (T + 1, N, M), gates (T, N, 4M),
              x (N, T, D), h0 (N, M), c0 (N, M), w_x (4M, D), w_h (4M, M), b (4M,)
              ->  dh0 (N, M), dc0 (N, M), dw_x (4M, D), dw_h (4M, M), db (4M,)
    """
    return lstm_backward(dh, states, cells, gates, x, h0, c0, w_x[:, :0], w_h, b)[1:]


@on_all_cores
def gru_forward(x, h0, w_x, w_h, b, b_h):
    """States of a gated recurrent layer: one gate resets the state for the candidate, one mixes the two.

    Equation  r[t] = sigmoid(W_xr x[t] + W_hr h[t-1] + b_r)            reset gate       (10.7)
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
    for block in prange((N + 3) // 4):
        gru_steps(gates, hidden, states, w, b, b_h, 4 * block, min(N, 4 * block + 4))
    return axes_swapped(states[1:]), states, gates, hidden


@any_order
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
        add_matrix_product(hidden[t], states[t], w, first, end)
        for n in range(first, end):
            a, hidden_t, h_before, h = gates[t, n], hidden[t, n], states[t, n], states[t + 1, n]
            r, z, candidate, q = a[:M], a[M:2 * M], a[2 * M:], hidden_t[2 * M:]
            for m in range(2 * M):
                a[m] += hidden_t[m]
            sigmoid_of_sum(a[:2 * M], b[:2 * M])
            for m in range(M):
                candidate[m] += r[m] * q[m]
            tanh_of_sum(candidate, b[2 * M:])
            for m in range(M):
                h[m] = (one - z[m]) * candidate[m] + z[m] * h_before[m]


@on_all_cores
def gru_backward(dh, states, gates, hidden, x, h0, w_x, w_h, b, b_h):
    """Backpropagation through time; where z is near 1, the gradient passes a step unchanged.

    Equation  dh[t]   = its own + dh[t+1] z[t+1] + W_hr^T da_r[t+1] + W_hz^T da_z[t+1] + W_hn^T dq[t+1] (10.8)
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
    for block in prange((N + 3) // 4):
        gru_steps_back(da, dhidden, dh0, dh, states, gates, hidden, w_h, 4 * block, min(N, 4 * block + 4))
    dx, dw_x, db = input_gradients(da, x, w_x)
    db_h = column_sums(dhidden.reshape(T * N, 3 * M))[2 * M:].copy()
    return dx, dh0, dw_x, weight_gradient(dhidden, states[:T]), db, db_h


@any_order
def gru_steps_back(da, dhidden, dh_later, dh, states, gates, hidden, w_h, first, end):
    """The same backwards; dh_later is what the steps after t add to dh[t]. Modifies da, dhidden, dh_later."""
    M = w_h.shape[1]
    one = da.dtype.type(1)
    for t in range(len(da) - 1, -1, -1):
        for n in range(first, end):
            a, q, h_before, dh_t, dh_next = gates[t, n], hidden[t, n, 2 * M:], states[t, n], dh[n, t], dh_later[n]
            r, z, candidate = a[:M], a[M:2 * M], a[2 * M:]
            da_r, da_z, da_n = da[t, n, :M], da[t, n, M:2 * M], da[t, n, 2 * M:]
            dhidden_r, dhidden_z, dq = dhidden[t, n, :M], dhidden[t, n, M:2 * M], dhidden[t, n, 2 * M:]
            for m in range(M):
                dh_m = dh_t[m] + dh_next[m]
                da_n[m] = dh_m * (one - z[m]) * (one - candidate[m] * candidate[m])
                da_z[m] = dh_m * (h_before[m] - candidate[m]) * z[m] * (one - z[m])
                da_r[m] = da_n[m] * q[m] * r[m] * (one - r[m])
                dhidden_r[m], dhidden_z[m] = da_r[m], da_z[m]
                dq[m] = da_n[m] * r[m]                   # W_hn meets the candidate through q
                dh_next[m] = dh_m * z[m]
        add_matrix_product(dh_later, dhidden[t], w_h, first, end)


def gru_backward_parameters(dh, states, gates, hidden, x, h0, w_x, w_h, b, b_h):
    """The same without dx, as for the plain layer.

    Shapes    dh (N, T, M), states (T + 1, N, M), gates (T, N, 3M), hidden (T, N, 3M),
              x (N, T, D), h0 (N, M), w_x (3M, D), w_h (3M, M), b (3M,), b_h (M,)
              ->  dh0 (N, M), dw_x (3M, D), dw_h (3M, M), db (3M,), db_h (M,)
    """
    return gru_backward(dh, states, gates, hidden, x, h0, w_x[:, :0], w_h, b, b_h)[1:]

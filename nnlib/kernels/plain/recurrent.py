"""Recurrent layers: the state after a step comes from the input of that step and from the state before it."""
import numpy as np

from .activations import sigmoid_forward as sigmoid


def rnn_forward(x, h0, w_x, w_h, b):
    """States of a plain recurrent layer, one after every step.

    Equation  h[t] = tanh(W_x x[t] + W_h h[t-1] + b),   h[-1] = h0                      (10.1)
    Shapes    x (N, T, D), h0 (N, M), w_x (M, D), w_h (M, M), b (M,)  ->  h (N, T, M), states (T + 1, N, M)
    """
    T = x.shape[1]
    states = np.empty((T + 1, *h0.shape), x.dtype)
    states[0] = h0
    for t in range(T):
        states[t + 1] = np.tanh(x[:, t] @ w_x.T + states[t] @ w_h.T + b)
    return states[1:].swapaxes(0, 1).copy(), states


def rnn_backward(dh, states, x, h0, w_x, w_h, b):
    """Backpropagation through time: what a state does to its own output, and what it does to the next step.

    Equation  da[t] = (dh[t] + W_h^T da[t+1]) (1 - h[t]^2),   da[T] = 0                 (10.2)
              dx[t] = W_x^T da[t],   dh0 = W_h^T da[0]
              dW_x  = sum_t da[t] x[t]^T,   dW_h = sum_t da[t] h[t-1]^T,   db = sum_t da[t]     (and over n)
    Shapes    dh (N, T, M), states (T + 1, N, M), x (N, T, D), h0 (N, M), w_x (M, D), w_h (M, M), b (M,)
              ->  dx (N, T, D), dh0 (N, M), dw_x (M, D), dw_h (M, M), db (M,)
    """
    dx, later = np.zeros_like(x), np.zeros_like(h0)          # later: what the steps after t do to dh[t]
    dw_x, dw_h, db = np.zeros_like(w_x), np.zeros_like(w_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dh[:, t] + later) * (1 - states[t + 1] ** 2)
        dx[:, t], later = da @ w_x, da @ w_h
        dw_x += da.T @ x[:, t]
        dw_h += da.T @ states[t]
        db += da.sum(axis=0)
    return dx, later, dw_x, dw_h, db


def rnn_backward_parameters(dh, states, x, h0, w_x, w_h, b):
    """The same without dx, for the first layer of a network.

    Shapes    dh (N, T, M), states (T + 1, N, M), x (N, T, D), h0 (N, M), w_x (M, D), w_h (M, M), b (M,)
              ->  dh0 (N, M), dw_x (M, D), dw_h (M, M), db (M,)
    """
    return rnn_backward(dh, states, x, h0, w_x, w_h, b)[1:]


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
    """
    (N, T, _), M = x.shape, h0.shape[1]
    states = np.empty((T + 1, N, M), x.dtype)
    cells = np.empty((T + 1, N, M), x.dtype)
    gates = np.empty((T, N, 4 * M), x.dtype)
    states[0], cells[0] = h0, c0
    for t in range(T):
        a = x[:, t] @ w_x.T + states[t] @ w_h.T + b
        i, f, g, o = np.split(a, 4, axis=1)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        cells[t + 1] = f * cells[t] + i * g
        states[t + 1] = o * np.tanh(cells[t + 1])
        gates[t] = np.concatenate([i, f, g, o], axis=1)
    return states[1:].swapaxes(0, 1).copy(), states, cells, gates


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
    dx, dh_later, dc_later = map(np.zeros_like, (x, h0, c0))
    dw_x, dw_h, db = np.zeros_like(w_x), np.zeros_like(w_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        i, f, g, o = np.split(gates[t], 4, axis=1)
        tanh_c = np.tanh(cells[t + 1])
        dh_t = dh[:, t] + dh_later
        dc_t = dh_t * o * (1 - tanh_c ** 2) + dc_later
        da = np.concatenate([dc_t * g * i * (1 - i),
                             dc_t * cells[t] * f * (1 - f),
                             dc_t * i * (1 - g ** 2),
                             dh_t * tanh_c * o * (1 - o)], axis=1)
        dx[:, t], dh_later, dc_later = da @ w_x, da @ w_h, dc_t * f
        dw_x += da.T @ x[:, t]
        dw_h += da.T @ states[t]
        db += da.sum(axis=0)
    return dx, dh_later, dc_later, dw_x, dw_h, db


def lstm_backward_parameters(dh, states, cells, gates, x, h0, c0, w_x, w_h, b):
    """The same without dx, for the first layer of a network.

    Shapes    dh (N, T, M), states (T + 1, N, M), cells (T + 1, N, M), gates (T, N, 4M),
              x (N, T, D), h0 (N, M), c0 (N, M), w_x (4M, D), w_h (4M, M), b (4M,)
              ->  dh0 (N, M), dc0 (N, M), dw_x (4M, D), dw_h (4M, M), db (4M,)
    """
    return lstm_backward(dh, states, cells, gates, x, h0, c0, w_x, w_h, b)[1:]


def gru_forward(x, h0, w_x, w_h, b, b_h):
    """States of a gated recurrent layer: one gate resets the state for the candidate, one mixes the two.

    Equation  r[t] = sigmoid(W_xr x[t] + W_hr h[t-1] + b_r)            reset gate       (10.7)
              z[t] = sigmoid(W_xz x[t] + W_hz h[t-1] + b_z)            update gate
              q[t] = W_hn h[t-1] + b_h
              n[t] = tanh   (W_xn x[t] + r[t] q[t] + b_n)              candidate
              h[t] = (1 - z[t]) n[t] + z[t] h[t-1],   h[-1] = h0
    Shapes    x (N, T, D), h0 (N, M), w_x (3M, D), w_h (3M, M), b (3M,), b_h (M,)
              ->  h (N, T, M), states (T + 1, N, M), gates (T, N, 3M), hidden (T, N, 3M);   rows in the order r z n
    """
    (N, T, _), M = x.shape, h0.shape[1]
    states = np.empty((T + 1, N, M), x.dtype)
    gates = np.empty((T, N, 3 * M), x.dtype)
    hidden = np.empty((T, N, 3 * M), x.dtype)
    states[0] = h0
    for t in range(T):
        x_r, x_z, x_n = np.split(x[:, t] @ w_x.T + b, 3, axis=1)
        h_r, h_z, h_n = np.split(states[t] @ w_h.T, 3, axis=1)
        r, z, q = sigmoid(x_r + h_r), sigmoid(x_z + h_z), h_n + b_h
        n = np.tanh(x_n + r * q)
        states[t + 1] = (1 - z) * n + z * states[t]
        gates[t] = np.concatenate([r, z, n], axis=1)
        hidden[t] = np.concatenate([h_r, h_z, q], axis=1)
    return states[1:].swapaxes(0, 1).copy(), states, gates, hidden


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
    dx = np.zeros_like(x)
    later = np.zeros_like(h0)       # what the steps after t do to dh[t]
    dw_x, dw_h, db, db_h = map(np.zeros_like, (w_x, w_h, b, b_h))
    for t in reversed(range(x.shape[1])):
        r, z, n = np.split(gates[t], 3, axis=1)
        _, _, q = np.split(hidden[t], 3, axis=1)
        dh_t = dh[:, t] + later
        da_n = dh_t * (1 - z) * (1 - n ** 2)
        da_z = dh_t * (states[t] - n) * z * (1 - z)
        da_r, dq = da_n * q * r * (1 - r), da_n * r
        da = np.concatenate([da_r, da_z, da_n], axis=1)
        dhidden = np.concatenate([da_r, da_z, dq], axis=1)
        dx[:, t], later = da @ w_x, dh_t * z + dhidden @ w_h
        dw_x += da.T @ x[:, t]
        dw_h += dhidden.T @ states[t]
        db += da.sum(axis=0)
        db_h += dq.sum(axis=0)
    return dx, later, dw_x, dw_h, db, db_h


def gru_backward_parameters(dh, states, gates, hidden, x, h0, w_x, w_h, b, b_h):
    """The same without dx, for the first layer of a network.

    Shapes    dh (N, T, M), states (T + 1, N, M), gates (T, N, 3M), hidden (T, N, 3M),
              x (N, T, D), h0 (N, M), w_x (3M, D), w_h (3M, M), b (3M,), b_h (M,)
              ->  dh0 (N, M), dw_x (3M, D), dw_h (3M, M), db (3M,), db_h (M,)
    """
    return gru_backward(dh, states, gates, hidden, x, h0, w_x, w_h, b, b_h)[1:]

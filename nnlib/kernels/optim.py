"""Parameter updates: the only kernels that write into their arguments."""
import numpy as np

from .decorators import kernel


@kernel
def sgd_update(w, dw, v, learning_rate, momentum, nesterov, weight_decay):
    """One step of stochastic gradient descent, as in PyTorch.

    Equation  g = dw + weight_decay w                                                    (2.7)
              w = w - learning_rate g                    plain, without momentum
              v = momentum v + g
              w = w - learning_rate v                    classical momentum
              w = w - learning_rate (g + momentum v)     Nesterov
    Shapes    w (size,), dw (size,), v (size,), learning_rate scalar, momentum scalar, nesterov boolean,
              weight_decay scalar
    Modifies  w, and v if there is momentum
    Source    Sutskever et al. (2013), On the importance of initialization and momentum
    """
    real = w.dtype.type
    rate, inertia, decay = real(learning_rate), real(momentum), real(weight_decay)
    if momentum == 0:
        for i in range(w.size):
            w[i] -= rate * (dw[i] + decay * w[i])
    else:
        for i in range(w.size):
            g = dw[i] + decay * w[i]
            v[i] = inertia * v[i] + g
            w[i] -= rate * (g + inertia * v[i] if nesterov else v[i])


@kernel
def rmsprop_update(w, dw, v, learning_rate, alpha, eps, weight_decay):
    """One step of RMSProp, as in PyTorch: every parameter has its own scale, a running mean of its squared gradient.

    Equation  g = dw + weight_decay w                                                    (6.8)
              v = alpha v + (1 - alpha) g^2
              w = w - learning_rate g / (sqrt(v) + eps)
    Shapes    w (size,), dw (size,), v (size,), learning_rate scalar, alpha scalar, eps scalar, weight_decay scalar
    Modifies  w, v
    Source    Hinton (2012), Neural networks for machine learning, lecture 6e
    """
    real = w.dtype.type
    rate, decay, small = real(learning_rate), real(weight_decay), real(eps)
    old, new = real(alpha), real(1 - alpha)
    for i in range(w.size):
        g = dw[i] + decay * w[i]
        v[i] = old * v[i] + new * g * g
        w[i] -= rate * g / (np.sqrt(v[i]) + small)


@kernel
def adam_update(w, dw, m, v, step, learning_rate, beta1, beta2, eps, weight_decay, decoupled):
    """One step of Adam, or of AdamW if decoupled, as in PyTorch.

    Equation  Adam:   g = dw + weight_decay w                                            (6.9)
              AdamW:  g = dw,   w = (1 - learning_rate weight_decay) w
              m = beta1 m + (1 - beta1) g
              v = beta2 v + (1 - beta2) g^2
              w = w - learning_rate m / (1 - beta1^step) / (sqrt(v / (1 - beta2^step)) + eps),   step = 1, 2, ...
    Shapes    w (size,), dw (size,), m (size,), v (size,), step integer >= 1, learning_rate scalar,
              beta1 scalar in [0, 1), beta2 scalar in [0, 1), eps scalar, weight_decay scalar, decoupled boolean
    Modifies  w, m, v
    Source    Kingma and Ba (2015), Adam; Loshchilov and Hutter (2019), Decoupled weight decay regularization
    """
    real = w.dtype.type
    rate = real(learning_rate / (1 - beta1 ** step))
    root = real(1 / np.sqrt(1 - beta2 ** step))
    into_gradient = real(0 if decoupled else weight_decay)
    kept = real(1 - learning_rate * weight_decay if decoupled else 1)
    old1, new1, old2, new2, small = real(beta1), real(1 - beta1), real(beta2), real(1 - beta2), real(eps)
    for i in range(w.size):
        g = dw[i] + into_gradient * w[i]
        m[i] = old1 * m[i] + new1 * g
        v[i] = old2 * v[i] + new2 * g * g
        w[i] = kept * w[i] - rate * m[i] / (np.sqrt(v[i]) * root + small)

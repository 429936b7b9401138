"""Parameter updates: the only kernels that write into their arguments."""
import numpy as np


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
    """
    g = dw + weight_decay * w
    if momentum == 0:
        w -= learning_rate * g
    else:
        v[:] = momentum * v + g
        w -= learning_rate * (g + momentum * v if nesterov else v)


def rmsprop_update(w, dw, v, learning_rate, alpha, eps, weight_decay):
    """One step of RMSProp, as in PyTorch: every parameter has its own scale, a running mean of its squared gradient.

    Equation  g = dw + weight_decay w                                                    (6.8)
              v = alpha v + (1 - alpha) g^2
              w = w - learning_rate g / (sqrt(v) + eps)
    Shapes    w (size,), dw (size,), v (size,), learning_rate scalar, alpha scalar, eps scalar, weight_decay scalar
    Modifies  w, v
    """
    g = dw + weight_decay * w
    v[:] = alpha * v + (1 - alpha) * g ** 2
    w -= learning_rate * g / (np.sqrt(v) + eps)


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
    """
    if decoupled:
        g = dw
        w *= 1 - learning_rate * weight_decay
    else:
        g = dw + weight_decay * w
    m[:] = beta1 * m + (1 - beta1) * g
    v[:] = beta2 * v + (1 - beta2) * g ** 2
    w -= learning_rate * m / (1 - beta1 ** step) / (np.sqrt(v / (1 - beta2 ** step)) + eps)

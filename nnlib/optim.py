"""Optimisers: ``step(net)`` changes every parameter of a network by its gradient."""
import math

import numpy as np

from .kernels import unchecked as kernels
from .layers.base import FLOATS, as_fraction, as_setting
from .schedules import as_schedule


class Optimizer:
    """What the optimisers share: learning rate, gradient clipping, and arrays that remember earlier gradients.

    ``learning_rate`` is a number or a schedule, a function from the number of steps made to a number.
    With ``clip_norm``, gradients whose norm over all parameters is larger are scaled down to it.
    A subclass says how many ``memories`` it keeps for each parameter, and defines ``update``, which
    gets them between the gradient and the learning rate.

    Equation  clipped dw = dw min(1, clip_norm / (||dw|| + 10^-6))
    """

    memories = 1

    def __init__(self, learning_rate, clip_norm):
        self._schedule = as_schedule(learning_rate, type(self).__name__)
        self.clip_norm = None if clip_norm is None else as_setting(clip_norm, type(self).__name__, "clip_norm")
        self.steps = 0
        self._memory = {}

    @property
    def learning_rate(self):
        """The learning rate of the next step."""
        return as_setting(self._schedule(self.steps), type(self).__name__, "learning_rate")

    @learning_rate.setter
    def learning_rate(self, learning_rate):
        self._schedule = as_schedule(learning_rate, type(self).__name__)

    def step(self, net):
        """Change every parameter of the network in place; the gradients stay as they are.

        Raises    ValueError if a parameter cannot be changed, its gradient does not fit it, or the network is another
                  one than before; nothing is changed then
        """
        parameters, learning_rate, memories = net.parameters(), self.learning_rate, {}
        for name, w, dw in parameters:
            if w.shape != dw.shape or w.dtype != dw.dtype:
                raise ValueError(f"optimizer.step: the gradient of {name} is {dw.dtype} of shape {dw.shape}, "
                                 f"expected {w.dtype} of shape {w.shape}.\nLook at the backward that computes it.")
            if not w.flags.carray:
                raise ValueError(f"optimizer.step: parameter {name} is not contiguous in memory (a transposed or sliced "
                                 "array), or is read-only.\nSet it to a copy, np.array(..., order=\"C\").")
            memories[name] = self._memory_for(name, w)
        factor = self._clip_factor(parameters)
        self._memory |= memories
        self.steps += 1
        for name, w, dw in parameters:
            dw = dw.ravel() if factor == 1 else dw.ravel() * w.dtype.type(factor)
            self.update(w.ravel(), dw, *memories[name], learning_rate)

    def update(self, w, dw, *memory_and_rate):
        """Change one parameter, flat, by its gradient; ends with the learning rate."""
        raise TypeError(f"{type(self).__name__} defines no update: write update(w, dw, ..., learning_rate) for it.")

    def _memory_for(self, name, w):
        """The arrays that remember a parameter's earlier gradients, zeros at first; ValueError if it is another one."""
        memory = self._memory.get(name)
        if memory is None:
            if w.dtype not in FLOATS:
                raise ValueError(f"optimizer.step: parameter {name} is {w.dtype}, expected float32 or float64.\n"
                                 "Give the layer such an array, for example with astype(np.float64).")
            return [np.zeros(w.size, w.dtype) for _ in range(self.memories)]
        for array in memory:
            if array.size != w.size or array.dtype != w.dtype:
                raise ValueError(f"optimizer.step: {name} has {w.size} entries of {w.dtype}, and had {array.size} "
                                 f"of {array.dtype} before.\nMake a new optimizer for another network.")
        return memory

    def _clip_factor(self, parameters):
        if self.clip_norm is None:
            return 1.0
        norm = math.sqrt(sum(float(np.vdot(dw, dw)) for _, _, dw in parameters))
        return min(1.0, self.clip_norm / (norm + 1e-6))


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum and weight decay as in PyTorch.

    Equation  g = dw + weight_decay w;   v = momentum v + g
              w = w - learning_rate v              (nesterov: g + momentum v instead of v)
    Raises    ValueError if a setting lies outside its range
    """

    def __init__(self, learning_rate, momentum=0, nesterov=False, weight_decay=0, *, clip_norm=None):
        super().__init__(learning_rate, clip_norm)
        self.momentum = as_setting(momentum, "SGD", "momentum")
        self.weight_decay = as_setting(weight_decay, "SGD", "weight_decay")
        self.nesterov = bool(nesterov)
        if self.nesterov and not self.momentum:
            raise ValueError("SGD: nesterov=True needs momentum above 0, for example momentum=0.9.")

    def update(self, w, dw, v, learning_rate):
        kernels.sgd_update(w, dw, v, learning_rate, self.momentum, self.nesterov, self.weight_decay)


class RMSProp(Optimizer):
    """Steps measured against the recent size of each gradient, as in PyTorch.

    Equation  g = dw + weight_decay w;   v = alpha v + (1 - alpha) g^2
              w = w - learning_rate g / (sqrt(v) + eps)
    Raises    ValueError if a setting lies outside its range
    Source    Hinton (2012), Neural networks for machine learning, lecture 6e
    """

    def __init__(self, learning_rate=0.01, alpha=0.99, eps=1e-8, weight_decay=0, *, clip_norm=None):
        super().__init__(learning_rate, clip_norm)
        self.alpha = as_fraction(alpha, "RMSProp", "alpha")
        self.eps = as_setting(eps, "RMSProp", "eps")
        self.weight_decay = as_setting(weight_decay, "RMSProp", "weight_decay")

    def update(self, w, dw, v, learning_rate):
        kernels.rmsprop_update(w, dw, v, learning_rate, self.alpha, self.eps, self.weight_decay)


class Adam(Optimizer):
    """Running means of the gradient and of its square, both corrected for their start at 0, as in PyTorch.

    Equation  g = dw + weight_decay w;   m = beta1 m + (1 - beta1) g;   v = beta2 v + (1 - beta2) g^2
              w = w - learning_rate m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps),   t = 1, 2, ... the step
    Raises    ValueError if a setting lies outside its range
    Source    Kingma and Ba (2015), Adam
    """

    memories = 2

    def __init__(self, learning_rate=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, *, clip_norm=None):
        super().__init__(learning_rate, clip_norm)
        self.betas = as_betas(betas, "Adam")
        self.eps = as_setting(eps, "Adam", "eps")
        self.weight_decay = as_setting(weight_decay, "Adam", "weight_decay")

    def update(self, w, dw, m, v, learning_rate):
        kernels.adam_update(w, dw, m, v, self.steps, learning_rate, *self.betas, self.eps, self.weight_decay, False)


class AdamW(Optimizer):
    """Adam with the weight decay taken out of the running means, as in PyTorch.

    Equation  w = (1 - learning_rate weight_decay) w, then Adam's step with g = dw
    Raises    ValueError if a setting lies outside its range
    Source    Loshchilov and Hutter (2019), Decoupled weight decay regularization
    """

    memories = 2

    def __init__(self, learning_rate=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01, *, clip_norm=None):
        super().__init__(learning_rate, clip_norm)
        self.betas = as_betas(betas, "AdamW")
        self.eps = as_setting(eps, "AdamW", "eps")
        self.weight_decay = as_setting(weight_decay, "AdamW", "weight_decay")

    def update(self, w, dw, m, v, learning_rate):
        kernels.adam_update(w, dw, m, v, self.steps, learning_rate, *self.betas, self.eps, self.weight_decay, True)


def as_betas(betas, owner):
    """Adam's two fractions, else ValueError."""
    if not isinstance(betas, (tuple, list)) or len(betas) != 2:
        raise ValueError(f"{owner}: betas is {betas!r}, expected a pair like (0.9, 0.999).")
    return tuple(as_fraction(beta, owner, "betas") for beta in betas)

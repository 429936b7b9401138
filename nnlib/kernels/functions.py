"""exp, tanh and their relatives without a call or a branch, so that loops over them become vector instructions.

``real`` is the type of the argument: all numbers in here are of it, or float32 would be computed in float64.
"""
from .decorators import any_order


@any_order
def exp(a, real):
    """Exponential function for a <= 0; the error is a few rounding errors of 1.

    Equation  exp(a) = (1 + e)^4,   e = exp(a/4) - 1
    """
    e = doubled(a, 5, real) + real(1)
    e *= e
    return e * e


@any_order
def expm1(a, real):
    """exp(a) - 1 for a <= 0; the relative error is a few rounding errors.

    Equation  exp(a) - 1 = e,   e = exp(u) - 1 seven times doubled,   u = a/128
    """
    return doubled(a, 7, real)


@any_order
def doubled(a, times, real):
    """exp(2^times u) - 1 for u = a/128 and a <= 0.

    Equation  exp(u) - 1 = u + u^2/2! + ... + u^7/7!
              exp(2u) - 1 = e (2 + e),   e = exp(u) - 1
    """
    u = a
    if u < real(-80):                                    # exp is 0 from there on in both precisions; NaN stays NaN
        u = real(-80)
    u *= real(1 / 128)
    e = real(1 / 720) + u * real(1 / 5040)
    e = real(1 / 24) + u * (real(1 / 120) + u * e)
    e = u * (real(1) + u * (real(1 / 2) + u * (real(1 / 6) + u * e)))
    for _ in range(times):
        e *= real(2) + e
    return e


@any_order
def tanh(a, real):
    """Hyperbolic tangent; the relative error stays below 6 rounding errors.

    Equation  tanh(u) = p / q,   p = u (1 + u^2/9 + u^4/945),   q = 1 + 4 u^2/9 + u^4/63,   u = a/16
              tanh(2u) = 2 p q / (p^2 + q^2),   four times
    Source    Lambert's continued fraction, cut off after its fifth term
    """
    u = a
    if u > real(20):                                     # tanh is 1 there in both precisions; NaN stays NaN
        u = real(20)
    if u < real(-20):
        u = real(-20)
    u *= real(1 / 16)
    s = u * u
    p = u * (real(1) + s * (real(1 / 9) + s * real(1 / 945)))
    q = real(1) + s * (real(4 / 9) + s * real(1 / 63))
    for _ in range(4):
        p, q = real(2) * p * q, p * p + q * q
    return p / q


@any_order
def normal(a, real):
    """Phi(a) and phi(a) of the standard normal distribution; the errors are a few rounding errors of 1.

    Equation  phi(a) = exp(-a^2 / 2) / sqrt(2 pi),   Phi(-t) = exp(-t^2 / 2) p(t) / q(t) for t = |a|
    Source    West (2005), Better approximations to cumulative normal functions, after Hart (1968)
    """
    t = abs(a)
    if t > real(12):                                     # nothing lies beyond, in both precisions
        t = real(12)
    e = real(1) + expm1(real(-0.5) * t * t, real)
    if t == real(12):
        e = real(0)
    p = real(3.52624965998911e-2) * t + real(0.700383064443688)
    p = p * t + real(6.37396220353165)
    p = p * t + real(33.912866078383)
    p = p * t + real(112.079291497871)
    p = p * t + real(221.213596169931)
    p = p * t + real(220.206867912376)
    q = real(8.83883476483184e-2) * t + real(1.75566716318264)
    q = q * t + real(16.064177579207)
    q = q * t + real(86.7807322029461)
    q = q * t + real(296.564248779674)
    q = q * t + real(637.333633378831)
    q = q * t + real(793.826512519948)
    q = q * t + real(440.413735824752)
    tail = e * p / q
    return (tail if a < real(0) else real(1) - tail), e * real(0.3989422804014327)

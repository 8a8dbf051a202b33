"""A complex number with a tiny imaginary part stands for the dual number."""

import cmath

H = 1e-20


class Dual:
    def __init__(self, value, derivative=0.0):
        self.z = complex(value, H * derivative)

    @property
    def value(self):
        return self.z.real

    @property
    def derivative(self):
        return self.z.imag / H

    def __add__(self, other):
        return make(self.z + plain(other))

    def __radd__(self, other):
        return make(other + self.z)

    def __sub__(self, other):
        return make(self.z - plain(other))

    def __rsub__(self, other):
        return make(other - self.z)

    def __mul__(self, other):
        return make(self.z * plain(other))

    def __rmul__(self, other):
        return make(other * self.z)

    def __truediv__(self, other):
        return make(self.z / plain(other))

    def __rtruediv__(self, other):
        return make(other / self.z)

    def __pow__(self, other):
        return make(self.z ** plain(other))

    def __rpow__(self, other):
        return make(other**self.z)

    def __neg__(self):
        return make(-self.z)


def make(z):
    dual = Dual(0.0)
    dual.z = z
    return dual


def plain(x):
    return x.z if isinstance(x, Dual) else x


def sin(x):
    return make(cmath.sin(x.z))


def cos(x):
    return make(cmath.cos(x.z))


def exp(x):
    return make(cmath.exp(x.z))


def log(x):
    return make(cmath.log(x.z))


def sqrt(x):
    return make(cmath.sqrt(x.z))


def relu(x):
    return x if x.z.real > 0 else make(0 * x.z)

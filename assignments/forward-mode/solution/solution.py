"""Forward mode: dual numbers x + eps x' with eps^2 = 0, and functions of them."""

import math


class Dual:
    def __init__(self, value, derivative=0.0):
        self.value = value
        self.derivative = derivative

    def __add__(self, other):
        other = lift(other)
        return Dual(self.value + other.value, self.derivative + other.derivative)

    def __sub__(self, other):
        other = lift(other)
        return Dual(self.value - other.value, self.derivative - other.derivative)

    def __mul__(self, other):
        other = lift(other)
        return Dual(self.value * other.value, self.derivative * other.value + self.value * other.derivative)

    def __truediv__(self, other):
        other = lift(other)
        quotient = self.value / other.value
        return Dual(quotient, (self.derivative - quotient * other.derivative) / other.value)

    def __pow__(self, other):
        if isinstance(other, Dual):
            power = self.value**other.value
            slope = other.value * self.derivative / self.value + other.derivative * math.log(self.value)
            return Dual(power, power * slope)
        return Dual(self.value**other, other * self.value ** (other - 1) * self.derivative)

    def __neg__(self):
        return Dual(-self.value, -self.derivative)

    def __radd__(self, other):
        return lift(other) + self

    def __rsub__(self, other):
        return lift(other) - self

    def __rmul__(self, other):
        return lift(other) * self

    def __rtruediv__(self, other):
        return lift(other) / self

    def __rpow__(self, other):
        return lift(other) ** self


def lift(x):
    return x if isinstance(x, Dual) else Dual(x)


def sin(x):
    return Dual(math.sin(x.value), math.cos(x.value) * x.derivative)


def cos(x):
    return Dual(math.cos(x.value), -math.sin(x.value) * x.derivative)


def exp(x):
    y = math.exp(x.value)
    return Dual(y, y * x.derivative)


def log(x):
    return Dual(math.log(x.value), x.derivative / x.value)


def sqrt(x):
    y = math.sqrt(x.value)
    return Dual(y, x.derivative / (2 * y))


def relu(x):
    return Dual(max(x.value, 0.0), x.derivative if x.value > 0 else 0.0)

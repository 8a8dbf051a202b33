import numpy as np


def cubic_slope(x):
    return 9 * x**2 - 10 * x


def secant(x, p):
    return 3 * (x**2 + x * p + p**2) - 5 * (x + p)  # rise over run, with x - p divided out


def in_every_entry(quotient, x):
    """quotient(e) for every unit vector e, in the shape of x."""
    if np.ndim(x) == 0:
        return quotient(1.0)
    return np.array([quotient(unit) for unit in np.eye(x.size)])


def forward_difference(f, x, h):
    here = f(x)
    return in_every_entry(lambda e: (f(x + h * e) - here) / h, x)


def central_difference(f, x, h):
    return in_every_entry(lambda e: (f(x + h * e) - f(x - h * e)) / (2 * h), x)


def complex_step(f, x, h):
    return in_every_entry(lambda e: f(x + 1j * h * e).imag / h, x)


def derivative(f, x):
    return forward_difference(f, x, 1.5e-8 * np.max(np.abs(x)))


def extrapolated(f, x):
    return in_every_entry(lambda e: ridders(lambda t: f(x + t * e), 0.2 * np.max(np.abs(x))), x)


def ridders(f, h):
    """The derivative of f at 0, from central differences with falling steps."""
    rows = []
    for level in range(8):
        step = h / 2**level
        row = [(f(step) - f(-step)) / (2 * step)]
        for k, above in enumerate(rows[-1] if rows else [], 1):
            row.append((4**k * row[-1] - above) / (4**k - 1))
        rows.append(row)
    return rows[-1][-1]

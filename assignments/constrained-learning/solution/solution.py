import numpy as np

# --- principal components -------------------------------------------------------------------------------------------

S = np.array([[4.0, 1, 1], [1, 3, 0], [1, 0, 2]])


def pca_lagrangian(w, lam):
    return w @ S @ w - lam[0] * (w @ w - 1)


def pca_system(w, lam):
    return np.append(2 * S @ w - 2 * lam[0] * w, w @ w - 1)


def pca_multiplier(w):
    return np.array([w @ S @ w])


def first_component():
    values, vectors = np.linalg.eigh(S)
    return vectors[:, -1], values[-1:]


def all_components():
    values, vectors = np.linalg.eigh(S)
    return [(sign * vectors[:, k], values[k : k + 1]) for k in range(3) for sign in (1, -1)]


def component_type(w, lam):
    values = np.linalg.eigvalsh(S)
    if abs(lam[0] - values[-1]) < 1e-9:
        return "maximum"
    return "minimum" if abs(lam[0] - values[0]) < 1e-9 else "saddle"


# --- knowing nothing ------------------------------------------------------------------------------------------------


def most_uncertain():
    return np.full(5, 0.2), np.array([np.log(5) - 1])


def uncertainty_multiplier(p):
    return np.array([-np.log(p[0]) - 1])


# --- a die with a known mean ----------------------------------------------------------------------------------------

I = np.arange(1.0, 7.0)


def die_lagrangian(p, lam):
    return -np.sum(p * np.log(p)) - lam[0] * (np.sum(p) - 1) - lam[1] * (I @ p - 4.5)


def die_system(p, lam):
    return np.concatenate([-np.log(p) - 1 - lam[0] - lam[1] * I, [np.sum(p) - 1, I @ p - 4.5]])


def die_solve():
    mu = 0.0
    for _ in range(60):  # Newton's method for the mean of p_i ~ exp(-mu i)
        p = np.exp(-mu * I)
        p /= p.sum()
        mean = I @ p
        mu -= (4.5 - mean) / ((I - mean) ** 2 @ p)
    p = np.exp(-mu * I)
    total = p.sum()
    return p / total, np.array([np.log(total) - 1, mu])


def die_sensitivity(p, lam):
    return lam

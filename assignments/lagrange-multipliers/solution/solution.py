import numpy as np

# --- a line on a circle ---------------------------------------------------------------------------------------------


def line_lagrangian(x, lam):
    return x[0] + x[1] - lam[0] * (x[0] ** 2 + x[1] ** 2 - 2)


def line_system(x, lam):
    return np.array([1 - 2 * lam[0] * x[0], 1 - 2 * lam[0] * x[1], x @ x - 2])


def line_largest():
    return np.array([1.0, 1.0]), np.array([0.5])


# --- all stationary points ------------------------------------------------------------------------------------------


def cubic_is_tangent(x):
    slope, normal = np.array([2 * x[0] * x[1], x[0] ** 2]), 2 * x
    cross = slope[0] * normal[1] - slope[1] * normal[0]  # zero where they are parallel, or one of them vanishes
    return bool(abs(x @ x - 3) < 1e-9 and abs(cross) < 1e-9)


def cubic_points():
    points = [(np.array([0.0, s * np.sqrt(3)]), np.array([0.0])) for s in (1, -1)]
    for s in (1, -1):
        points += [(np.array([r * np.sqrt(2), s]), np.array([float(s)])) for r in (1, -1)]
    return points


def cubic_least():
    return np.array([np.sqrt(2), -1.0]), np.array([-1.0])


def kind_of(hessian, jacobian):
    """By the eigenvalues of the Hessian of L on the directions along the constraints."""
    tangent = np.linalg.svd(jacobian)[2][len(jacobian) :].T
    values = np.linalg.eigvalsh(tangent.T @ hessian @ tangent)
    if np.any(values > 1e-9) and np.any(values < -1e-9):
        return "saddle"
    if np.all(values > 1e-9):
        return "minimum"
    return "maximum" if np.all(values < -1e-9) else "inconclusive"


def cubic_type(x, lam):
    hessian = np.array([[2 * x[1], 2 * x[0]], [2 * x[0], 0]]) - 2 * lam[0] * np.eye(2)
    return kind_of(hessian, 2 * x[None, :])


# --- two constraints ------------------------------------------------------------------------------------------------

T = np.array([1.0, 2.0, 3.0, 4.0])


def near_constraints(x):
    return np.array([x[0] - 2, x[2] ** 2 + x[3] ** 2 - 2])


def near_jacobian(x):
    return np.array([[1, 0, 0, 0], [0, 0, 2 * x[2], 2 * x[3]]])


def near_lagrangian(x, lam):
    return (x - T) @ (x - T) - lam @ near_constraints(x)


def near_system(x, lam):
    return np.concatenate([2 * (x - T) - near_jacobian(x).T @ lam, near_constraints(x)])


def near_multipliers(x):
    return np.linalg.lstsq(near_jacobian(x).T, 2 * (x - T), rcond=None)[0]


def nearest():
    r = np.sqrt(2) / 5  # (3, 4) shortened to the radius of the circle
    x = np.array([2, 2, 3 * r, 4 * r])
    return x, near_multipliers(x)


def near_type(x, lam):
    return kind_of(2 * np.eye(4) - np.diag([0, 0, 2 * lam[1], 2 * lam[1]]), near_jacobian(x))


# --- a quadratic function on a plane --------------------------------------------------------------------------------

Q = np.array([[4.0, 1, 0, 0], [1, 3, 1, 0], [0, 1, 2, 1], [0, 0, 1, 5]])
C = np.array([1.0, -2, 3, 0])
A = np.array([[1.0, 2, -1, 1], [2, 0, 1, 3]])
B = np.array([3.0, -1])


def qp_solve():
    matrix = np.block([[Q, -A.T], [A, np.zeros((2, 2))]])
    z = np.linalg.solve(matrix, np.concatenate([-C, B]))
    return z[:4], z[4:]


def qp_sensitivity(x, lam):
    return lam


# --- by iteration ---------------------------------------------------------------------------------------------------


def product_solve():
    x, lam = np.full(4, 0.8), np.zeros(3)
    for _ in range(50):
        a, b, c, d = x
        g = np.array([a**3 + b**2 - 1, a**2 * d - c, d**2 - b])
        jacobian = np.array([[3 * a**2, 2 * b, 0, 0], [2 * a * d, 0, -1, a**2], [0, -1, 0, 2 * d]])
        slope = -np.array([b * c * d, a * c * d, a * b * d, a * b * c])
        hessian = -np.array([[0, c * d, b * d, b * c], [c * d, 0, a * d, a * c], [b * d, a * d, 0, a * b], [b * c, a * c, a * b, 0]])
        hessian -= lam[0] * np.diag([6 * a, 2, 0, 0]) + lam[2] * np.diag([0, 0, 0, 2])
        hessian -= lam[1] * np.array([[2 * d, 0, 0, 2 * a], [0, 0, 0, 0], [0, 0, 0, 0], [2 * a, 0, 0, 0]])
        matrix = np.block([[hessian, -jacobian.T], [jacobian, np.zeros((3, 3))]])
        step = np.linalg.solve(matrix, np.concatenate([slope - jacobian.T @ lam, g]))
        x, lam = x - step[:4], lam - step[4:]
    return x, lam

# Half of it is done; the rest raises, returns nothing or never ends.
import numpy as np


def chain(g, grad_g, dh, x):
    return dh(g(x)) * grad_g(x)


def chain_jac(Jf, Jg, x, g):
    J = Jf(g(x)) @ Jg(x)  # and forgets to return it


def orders(f, df, x, hs):
    forward = [abs((f(x + h) - f(x)) / h - df(x)) for h in hs]
    p = [np.log(forward[i] / forward[i + 1]) / np.log(hs[i] / hs[i + 1]) for i in range(len(hs) - 1)]
    return np.column_stack([p, p])


def best_h(method, scale):
    h = 1.0
    while 1.0 + h != 1.0:
        h = h / 2
    return {"forward": np.sqrt(h) * scale}[method]


class Node:
    def __init__(self, parents):
        self.parents = list(parents)


def topo(root):
    order = []
    for parent in root.parents:
        order += [node for node in topo(parent) if node not in order]
    return order + [root]

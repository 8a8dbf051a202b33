# Knows the rules and turns the products round; calls g for each factor; breadth first.
import numpy as np


def chain(g, grad_g, dh, x):
    value = g(x)
    print("g", value)
    return np.array([dh(g(x)) * d for d in grad_g(x)])


def chain_jac(Jf, Jg, x, g):
    return Jg(x) @ Jf(g(x))


def orders(f, df, x, hs):
    out = np.zeros((len(hs) - 1, 2))
    for k in range(len(hs) - 1):
        for c, d in enumerate((lambda h: (f(x + h) - f(x)) / h, lambda h: (f(x + h) - f(x - h)) / (2 * h))):
            out[k, c] = np.log2(abs(d(hs[k]) - df(x)) / abs(d(hs[k + 1]) - df(x)))
    return out


def best_h(method, scale):
    return np.sqrt(np.finfo(float).eps) * scale


class Node:
    def __init__(self, parents):
        self.parents = list(parents)


def topo(root):
    order, layer = [], [root]
    while layer:
        order += [node for node in layer if node not in order]
        layer = list({id(parent): parent for node in layer for parent in node.parents}.values())
    return order[::-1]

# Hands in modules of the names that the child's own half has, and of those it imports.
# walls: those are imported before the file is
# expect: earns 2
import json, numpy, os, struct
def grad_dot(x, a): return a
def grad_quadratic(A, x): return x

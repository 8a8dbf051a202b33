# Recursion in Python without a limit.
# walls: RLIMIT_DATA
# expect: raises MemoryError or memory or died or raises RecursionError or cpu
import sys
def g(n):
    return g(n + 1)
def f():
    sys.setrecursionlimit(1 << 30)
    return g(0)

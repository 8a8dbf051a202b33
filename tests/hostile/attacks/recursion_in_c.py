# Recursion in C, to the end of the stack.
# walls: RLIMIT_STACK; a crash is a crash of the child
# expect: died SIGSEGV
# limits: wall 12, cpu 2, memory 400
import sys
def f():
    sys.setrecursionlimit(1 << 30)
    nested = []
    for _ in range(400_000): nested = [nested]
    return len(repr(nested))

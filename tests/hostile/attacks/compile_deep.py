# Source that is nested so deeply that the compiler gives up or crashes.
# walls: compiled in the child alone
# expect: raises RecursionError or raises MemoryError or raises SyntaxError or died or memory
# limits: wall 12, cpu 2
def f():
    compile("-" * 500_000 + "1", "x", "eval")

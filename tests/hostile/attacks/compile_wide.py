# Source with a hundred thousand names, for the passes of the compiler that are slow.
# walls: CPU time, RLIMIT_DATA
# expect: cpu or memory or raises MemoryError or died
# limits: wall 12, cpu 0.3
def f():
    while True: compile("\n".join(f"a{k} = [lambda a{k}: a{k} for b in c]" for k in range(20_000)), "x", "exec")

# Computes for ever.
# walls: CPU time seen by the zygote
# expect: cpu
# limits: wall 12, cpu 0.2
def f():
    while True: pass

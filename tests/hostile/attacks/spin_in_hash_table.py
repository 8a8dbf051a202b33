# Keys that all collide: a dictionary that takes quadratic time.
# walls: CPU time seen by the zygote
# expect: cpu
# limits: wall 12, cpu 0.2
def f():
    step = (1 << 61) - 1
    return len({k * step: None for k in range(100_000)})

# One instruction of the interpreter that lasts for hours, so that no signal handler of Python's would ever run.
# walls: CPU time seen by the zygote
# expect: cpu
# limits: wall 12, cpu 0.2
def f():
    return 10 ** 10 ** 8

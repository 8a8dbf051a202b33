# A pattern that backtracks exponentially.
# walls: CPU time seen by the zygote
# expect: cpu
# limits: wall 12, cpu 0.2
import re
def f():
    return len(re.findall(r"(a|a)*b", "a" * 60))

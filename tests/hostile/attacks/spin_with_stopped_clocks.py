# Replaces every clock of Python's, so that no time seems to pass.
# walls: time measured outside
# expect: cpu
# limits: wall 12, cpu 0.2
import os, resource, time
for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time", "time_ns", "monotonic_ns"):
    setattr(time, name, lambda: 0)
os.times = resource.getrusage = lambda *_: None
def f():
    while True: pass

# Eight threads compute: the time of all must count, not that of one.
# walls: CPU time of the whole process
# expect: cpu
# limits: wall 12, cpu 0.3
import threading
def spin():
    while True: sum(range(1000))
def f():
    for _ in range(8): threading.Thread(target=spin).start()
    spin()

# A thread that writes into the pipe of answers before the answer does.
# walls: magic number of every frame
# expect: violated
# limits: wall 12, cpu 0.8
import numpy, os, threading
written = threading.Event()
def talk():
    while True:
        os.write(4, b"NB")
        written.set()
def f():
    threading.Thread(target=talk).start()
    written.wait()
    return numpy.ones(200_000)

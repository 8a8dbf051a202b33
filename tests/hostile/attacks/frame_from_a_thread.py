# A thread that writes into the answers while they are written.
# walls: magic number of every frame
# expect: violated or time
# limits: wall 1, cpu 0.8
import numpy, os, threading
def talk():
    while True: os.write(4, b"NB")
def f():
    threading.Thread(target=talk).start()
    return numpy.ones(200_000)

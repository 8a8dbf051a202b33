# Ends with success before any answer.
# walls: no answer earns nothing
# expect: died
import os
os._exit(0)

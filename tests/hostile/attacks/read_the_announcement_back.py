# Opens the answer pipe once more while its file is loaded, takes out that it is ready, and ends: nobody would be to blame.
# walls: nothing is sent to a child before what it announces is read
# expect: import raises PermissionError
# expect[ordinary]: import raises BlockingIOError
import os
end = os.open("/proc/self/fd/4", os.O_RDONLY | os.O_NONBLOCK)
if os.read(end, 100): os._exit(0)

# Reads what /proc tells of the machine beside processes: boot options, keys, locks, memory, symbols.
# walls: /proc shows processes only
# expect: returns 0
import os
def f():
    names = ("cmdline", "keys", "locks", "meminfo", "kallsyms", "kcore", "kmsg", "sysvipc/shm", "sys/kernel/core_pattern", "net/unix")
    told = 0
    for name in names:
        try: told += os.read(os.open("/proc/" + name, os.O_RDONLY | os.O_NONBLOCK), 1) != b""
        except OSError: continue
    return told

# Reads what /proc tells of the machine beside processes: boot options, keys, locks, memory, symbols.
# walls: /proc shows processes only
# expect: returns 0
import os
def f():
    names = ("cmdline", "keys", "locks", "meminfo", "kallsyms", "kcore", "kmsg", "sysvipc/shm", "sys/kernel/core_pattern", "net/unix")
    return sum(os.path.exists("/proc/" + name) for name in names)

# Writes the files of /proc that set its own limits, maps and marks.
# walls: Landlock, not dumpable
# expect: returns 0
def f():
    done = 0
    for name in ("oom_score_adj", "coredump_filter", "setgroups", "uid_map", "gid_map", "timerslack_ns", "autogroup", "clear_refs", "attr/current", "comm"):
        try:
            with open("/proc/self/" + name, "w") as file: file.write("0")
            done += 1
        except OSError:
            pass
    return done

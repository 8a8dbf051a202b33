# Computes for ever before anything is defined, so that no report on the file ever comes.
# walls: CPU time seen by the zygote
# expect: cpu
# limits: wall 12, cpu 0.2
while True: pass

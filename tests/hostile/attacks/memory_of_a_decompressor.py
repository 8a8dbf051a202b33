# Half a gigabyte of zeros in half a megabyte of input.
# walls: RLIMIT_DATA
# expect: raises MemoryError or memory
# limits: wall 12, cpu 4
import zlib
def f():
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(512)) + packer.flush()
    return len(zlib.decompress(packed))

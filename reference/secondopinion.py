class Opinion:
    def __init__(self,*a): self.worst=0.0; self.resolution=0.0
    def agreeing(self, inputs, measured): return list(range(len(measured.truth)))

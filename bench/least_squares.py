"""What a user's own script does: a Chinchilla law by scipy's least squares from 8 starts.

Prints the CPU seconds of reading the table and fitting it, and the objective.
"""
import sys
import time

try:
    import numpy as np
    from scipy.optimize import least_squares
except ImportError:
    sys.exit(3)

start = time.process_time()
n, d, loss = np.loadtxt(sys.argv[1], delimiter=",", skiprows=1, unpack=True)
log_n, log_d = np.log(n), np.log(d)


def residuals(p):
    return np.exp(p[0] - p[3] * log_n) + np.exp(p[1] - p[4] * log_d) + p[2] - loss


best = min(
    least_squares(residuals, (a, b, e, 0.3, 0.3), x_scale="jac").cost
    for a in (3, 7)
    for b in (3, 7)
    for e in (1, 2)
)
print(time.process_time() - start, 2 * best)

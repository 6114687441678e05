"""The simulated company: `simulate(seed, leads, months, end, …)` gives the `World` that the servers play."""

from sandbox.company.simulate import simulate

__all__ = ["simulate"]

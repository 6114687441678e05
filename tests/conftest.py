"""What holds for every test."""

from hypothesis import settings

# A deadline per example would measure the machine, not the code: shared ones stall for longer than any example takes.
settings.register_profile("bastao", deadline=None)
settings.load_profile("bastao")

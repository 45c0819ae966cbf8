"""What holds for all tests."""

from hypothesis import settings

# A busy machine is no defect: how long a property takes is measured by the benchmarks.
settings.register_profile("rstdown", deadline=None)
settings.load_profile("rstdown")

"""The commands: one thin module per DVC stage, and the command line `foresight`.

Every entry point passes here, so here the libraries are told to send nothing anywhere, and OpenMP to let go of a
core while it waits: on a busy machine LightGBM otherwise takes several times as long.
"""

import os

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

"""The commands: one thin module per DVC stage, and the command line `foresight`.

Every entry point passes here, before any library is imported that reads these settings.
"""

import os

# Personal data: nothing is sent anywhere.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")
# On a busy machine LightGBM takes several times as long unless a waiting thread lets go of its core.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# Sums depend on how many threads share them: always two, so that every machine finds the same model.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

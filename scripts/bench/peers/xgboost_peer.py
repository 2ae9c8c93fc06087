"""Trains real XGBoost on what the benchmark or parity test wrote, and reports predictions and CPU seconds.

Usage: xgboost_peer.py FOLDER, where FOLDER holds job.json, x.f32 (rows x cols), y.f32, and optionally folds.i32 (a row
of fold numbers a repeat) and weights.f32. Writes predictions.f32: (repeats, rows) out-of-fold, or (rows,) in-sample.
"""

import json
import sys
import time

import numpy
import xgboost

folder = sys.argv[1]
job = json.load(open(f"{folder}/job.json"))
y = numpy.fromfile(f"{folder}/y.f32", dtype=numpy.float32)
x = numpy.fromfile(f"{folder}/x.f32", dtype=numpy.float32).reshape(len(y), -1)
weights = numpy.fromfile(f"{folder}/weights.f32", dtype=numpy.float32) if job["weighted"] else None
params = {"tree_method": "hist", "objective": "binary:logistic", "nthread": 1, **job["params"]}


def train(rows):
    """The matrix is built inside the clock: binning is part of training on both sides."""
    start = time.process_time()
    matrix = xgboost.DMatrix(x[rows], y[rows], weight=None if weights is None else weights[rows])
    model = xgboost.train(params, matrix, job["rounds"])
    return model, time.process_time() - start


def predict(model, rows):
    return model.predict(xgboost.DMatrix(x[rows]))


every = numpy.ones(len(y), dtype=bool)
if job["repeats"] == 0:
    runs = [train(every) for _ in range(job["timings"])]
    seconds = min(run[1] for run in runs)
    predictions = predict(runs[0][0], every)
else:
    folds = numpy.fromfile(f"{folder}/folds.i32", dtype=numpy.int32).reshape(job["repeats"], -1)
    predictions = numpy.zeros(folds.shape, dtype=numpy.float32)
    seconds = 0.0
    for repeat, fold_of in enumerate(folds):
        for fold in range(fold_of.max() + 1):
            model, taken = train(fold_of != fold)
            seconds += taken
            predictions[repeat, fold_of == fold] = predict(model, fold_of == fold)

predictions.astype(numpy.float32).tofile(f"{folder}/predictions.f32")
print(json.dumps({"version": xgboost.__version__, "cpuSeconds": seconds}))

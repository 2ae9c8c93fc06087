"""Trains a real boosting engine on what the benchmark or parity test wrote, and reports predictions and CPU seconds.

Usage: boosting_peer.py FOLDER, where FOLDER holds job.json, x.f32 (rows x cols), y.f32, and optionally folds.i32 (a row
of fold numbers a repeat) and weights.f32. Writes predictions.f32: (repeats, rows) out-of-fold, or (rows,) in-sample.
"""

import importlib
import json
import sys
import time

import numpy

folder = sys.argv[1]
job = json.load(open(f"{folder}/job.json"))
y = numpy.fromfile(f"{folder}/y.f32", dtype=numpy.float32)
x = numpy.fromfile(f"{folder}/x.f32", dtype=numpy.float32).reshape(len(y), -1)
weights = numpy.fromfile(f"{folder}/weights.f32", dtype=numpy.float32) if job["weighted"] else None
engine = importlib.import_module(job["engine"])


def weights_of(rows):
    return None if weights is None else weights[rows]


def train_xgboost(rows):
    params = {"tree_method": "hist", "objective": "binary:logistic", "nthread": 1, **job["params"]}
    model = engine.train(params, engine.DMatrix(x[rows], y[rows], weight=weights_of(rows)), job["rounds"])
    return lambda some: model.predict(engine.DMatrix(x[some]))


def train_lightgbm(rows):
    params = {"objective": "binary", "num_threads": 1, "verbosity": -1, "deterministic": True, **job["params"]}
    model = engine.train(params, engine.Dataset(x[rows], y[rows], weight=weights_of(rows)), job["rounds"])
    return lambda some: model.predict(x[some], num_threads=1)


def train_catboost(rows):
    params = {"thread_count": 1, "verbose": False, "allow_writing_files": False, **job["params"]}
    model = engine.CatBoostClassifier(iterations=job["rounds"], **params)
    model.fit(engine.Pool(x[rows], y[rows], weight=weights_of(rows)))
    return lambda some: model.predict_proba(x[some])[:, 1]


fit = {"xgboost": train_xgboost, "lightgbm": train_lightgbm, "catboost": train_catboost}[job["engine"]]


def train(rows):
    """The engine's own matrix is built inside the clock: binning is part of training on both sides."""
    start = time.process_time()
    model = fit(rows)
    return model, time.process_time() - start


every = numpy.ones(len(y), dtype=bool)
if job["repeats"] == 0:
    runs = [train(every) for _ in range(job["timings"])]
    seconds = min(run[1] for run in runs)
    predictions = runs[0][0](every)
else:
    folds = numpy.fromfile(f"{folder}/folds.i32", dtype=numpy.int32).reshape(job["repeats"], -1)
    predictions = numpy.zeros(folds.shape, dtype=numpy.float32)
    seconds = 0.0
    for repeat, fold_of in enumerate(folds):
        for fold in range(fold_of.max() + 1):
            model, taken = train(fold_of != fold)
            seconds += taken
            predictions[repeat, fold_of == fold] = model(fold_of == fold)

predictions.astype(numpy.float32).tofile(f"{folder}/predictions.f32")
print(json.dumps({"version": engine.__version__, "cpuSeconds": seconds}))

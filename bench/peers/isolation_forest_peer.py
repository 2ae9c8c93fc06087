"""Fits scikit-learn's isolation forest on rows written by the bench and scores the same rows, in one thread.

Reads job.json {sets: [{file, rows, cols}], seeds, trees, timings} in the folder given; writes scores.f32, a set after
the other and in it a seed after the other (higher = more anomalous); prints versions and the least CPU seconds.
"""
import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np
import sklearn
from sklearn.ensemble import IsolationForest


def cpu(compute, timings):
    least, result = float("inf"), None
    for _ in range(timings):
        before = time.process_time()
        result = compute()
        least = min(least, time.process_time() - before)
    return least, result


def main(folder):
    job = json.load(open(os.path.join(folder, "job.json")))
    fit_seconds = score_seconds = 0.0
    with open(os.path.join(folder, "scores.f32"), "wb") as out:
        for part in job["sets"]:
            x = np.fromfile(os.path.join(folder, part["file"]), dtype="<f4").reshape(part["rows"], part["cols"])
            for seed in job["seeds"]:
                new = lambda: IsolationForest(n_estimators=job["trees"], random_state=seed, n_jobs=1)
                seconds, forest = cpu(lambda: new().fit(x), job["timings"])
                fit_seconds += seconds
                seconds, scores = cpu(lambda: forest.score_samples(x), job["timings"])
                score_seconds += seconds
                out.write((-scores).astype("<f4").tobytes())
    print(json.dumps({"version": sklearn.__version__, "fitSeconds": fit_seconds, "scoreSeconds": score_seconds}))


main(sys.argv[1])

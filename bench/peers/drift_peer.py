"""Evidently and NannyML on the tasks of `npm run bench -- drift`, in one thread.

Argument: a JSON job. `versions` prints what can be imported; `speed` compares normal columns {rows, cols, timings} and
prints the least CPU seconds; `flags` reads {folder}/{seed}-{reference,current}.f32, column by column, and prints which
columns each library flags with its defaults (NannyML: Jensen-Shannon, ten chunks a side, one alert flags the column);
`estimates` reads {folder}/job.json and prints NannyML's confidence-based estimates of each window.
"""
import json
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["NML_DISABLE_USAGE_LOGGING"] = os.environ["DO_NOT_TRACK"] = "1"
import numpy as np

try:
    import pandas as pd
    import evidently
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset
except ImportError:
    evidently = None
try:
    import pandas as pd
    import nannyml
except ImportError:
    nannyml = None


def evidently_flags(reference, current):
    names = list(reference.columns)
    definition = DataDefinition(numerical_columns=names)
    sets = [Dataset.from_pandas(frame, data_definition=definition) for frame in (current, reference)]
    result = Report([DataDriftPreset()], include_tests=True).run(sets[0], sets[1]).dict()
    flagged = {}
    for metric, test in ((m, t) for m in result["metrics"] for t in result["tests"]):
        config = metric.get("config", {})
        if config.get("type", "").endswith("ValueDrift") and test.get("metric_config", {}).get("metric_id") == metric["id"]:
            flagged[config["column"]] = str(test["status"]).endswith("FAIL")
    return [flagged.get(name) for name in names]


def nannyml_flags(reference, current):
    names = list(reference.columns)
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=names, continuous_methods=["jensen_shannon"], chunk_number=10
    )
    calculator.fit(reference)
    results = calculator.calculate(current).filter(period="analysis").to_df()
    return [bool(results[(name, "jensen_shannon", "alert")].any()) for name in names]


def cpu(compute, timings):
    least = float("inf")
    for _ in range(timings):
        before = time.process_time()
        compute()
        least = min(least, time.process_time() - before)
    return least


def speed(job):
    rng = np.random.default_rng(1)
    frames = []
    for _ in range(2):
        values = rng.normal(size=(job["rows"], job["cols"]))
        frames.append(pd.DataFrame(values, columns=[f"c{i}" for i in range(job["cols"])]))
    return {
        "evidently": evidently and cpu(lambda: evidently_flags(*frames), job["timings"]),
        "nannyml": nannyml and cpu(lambda: nannyml_flags(*frames), job["timings"]),
    }


def flags(job):
    answer = {"evidently": evidently and [], "nannyml": nannyml and []}
    for seed in job["seeds"]:
        frames = []
        for side in ("reference", "current"):
            values = np.fromfile(os.path.join(job["folder"], f"{seed}-{side}.f32"), dtype="<f4")
            columns = values.astype(float).reshape(job["cols"], -1)
            frames.append(pd.DataFrame({f"c{i}": column for i, column in enumerate(columns)}))
        if evidently:
            answer["evidently"].append(evidently_flags(*frames))
        if nannyml:
            answer["nannyml"].append(nannyml_flags(*frames))
    return answer


def estimates(job):
    data = json.load(open(os.path.join(job["folder"], "job.json")))

    def frame(part):
        scores = np.array(part["scores"])
        return pd.DataFrame({"p": scores, "predicted": (scores >= 0.5).astype(int), "y": np.array(part["labels"]).astype(int)})

    names = {"accuracy": "accuracy", "rocAuc": "roc_auc", "f1": "f1"}
    estimator = nannyml.CBPE(
        y_pred_proba="p",
        y_pred="predicted",
        y_true="y",
        problem_type="classification_binary",
        metrics=list(names.values()),
        chunk_size=len(data["windows"][0]["scores"]),
    )
    estimator.fit(frame(data["reference"]))
    windows = pd.concat([frame(part) for part in data["windows"]], ignore_index=True).drop(columns="y")
    found = estimator.estimate(windows).filter(period="analysis").to_df()
    answer = {ours: found[(theirs, "value")].tolist() for ours, theirs in names.items()}
    return {**answer, "recalibrated": bool(estimator.needs_calibration)}


job = json.loads(sys.argv[1])
if job["task"] == "versions":
    found = {"evidently": evidently and evidently.__version__, "nannyml": nannyml and nannyml.__version__}
else:
    found = {"speed": speed, "flags": flags, "estimates": estimates}[job["task"]](job)
print("\n" + json.dumps(found, default=bool))

"""Evidently and NannyML on the tasks of `npm run bench -- drift`, in one thread.

Argument: a JSON job. `versions` prints what can be imported; `speed` compares normal columns {rows, cols, timings} and
prints the least CPU seconds; `flags` reads {folder}/{seed}-{reference,current}.f32, column by column, and prints which
columns each library flags with its defaults (NannyML: Jensen-Shannon, ten chunks a side, one alert flags the column);
`compare` reads {folder}/cases.json and prints what Evidently says of each column and case;
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


def evidently_result(reference, current, categorical=()):
    names = list(reference.columns)
    numeric = [name for name in names if name not in categorical]
    definition = DataDefinition(numerical_columns=numeric, categorical_columns=list(categorical))
    sets = [Dataset.from_pandas(frame, data_definition=definition) for frame in (current, reference)]
    result = Report([DataDriftPreset()], include_tests=True).run(*sets).dict()
    status = {test["metric_config"]["metric_id"]: str(test["status"]) for test in result["tests"]}
    columns, share, drifted = [], None, None
    for metric in result["metrics"]:
        failed = status[metric["id"]].endswith("FAIL")
        if "column" in metric["config"]:
            config = metric["config"]
            columns.append(
                {"column": config["column"], "method": config["method"], "score": float(metric["value"]), "drifted": failed}
            )
        else:
            share, drifted = float(metric["value"]["share"]), failed
    columns.sort(key=lambda column: names.index(column["column"]))
    return {"share": share, "drifted": drifted, "columns": columns}


def evidently_flags(reference, current):
    return [column["drifted"] for column in evidently_result(reference, current)["columns"]]


def compare(job):
    def frame(columns):
        read = {}
        for column in columns:
            cells = column["values"]
            numeric = column["kind"] == "numeric"
            read[column["name"]] = [np.nan if cell is None else float(cell) for cell in cells] if numeric else cells
        return pd.DataFrame(read)

    answers = []
    for case in json.load(open(os.path.join(job["folder"], "cases.json"))):
        categorical = [column["name"] for column in case["reference"] if column["kind"] == "categorical"]
        found = evidently_result(frame(case["reference"]), frame(case["current"]), categorical)
        answers.append({"name": case["name"], **found})
    return {"cases": answers}


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
    found = {"speed": speed, "flags": flags, "estimates": estimates, "compare": compare}[job["task"]](job)
print("\n" + json.dumps(found, default=bool))

"""The credit scorer behind FastAPI: pydantic validates every field, onnxruntime runs the same graph on one thread.

usage: credit_api_peer.py FOLDER PORT   (FOLDER holds preprocessing.json and model.onnx of the artefact)
"""

import json
import math
import sys
from pathlib import Path
from typing import Annotated, Literal, Optional

import numpy
import onnxruntime
import uvicorn
from fastapi import FastAPI
from pydantic import ConfigDict, Field, create_model

folder, port = Path(sys.argv[1]), int(sys.argv[2])
features = json.loads((folder / "preprocessing.json").read_text())["features"]


def field(feature):
    """Type and default of one field, with the bounds that the artefact states."""
    if feature["kind"] != "numeric":
        kind = Literal[tuple(feature["categories"])] if feature.get("closed") else str
        return Optional[kind], None
    bounds = {"ge": feature.get("minimum"), "le": feature.get("maximum")}
    return Optional[Annotated[float, Field(**{k: v for k, v in bounds.items() if v is not None})]], None


Application = create_model(
    "Application",
    __config__=ConfigDict(extra="forbid"),
    **{feature["name"]: field(feature) for feature in features},
)
Answer = create_model("Answer", probability=(float, ...), margin=(float, ...))

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
names = [output.name for output in session.get_outputs()]
input_name = session.get_inputs()[0].name


def encode(values):
    """Numbers as they are, words as indicators; NaN = unknown."""
    row = []
    for feature in features:
        value = values.get(feature["name"])
        if feature["kind"] == "numeric":
            row.append(math.nan if value is None else value)
        elif value is None:
            row.extend([math.nan] * len(feature["categories"]))
        else:
            row.extend(float(value == category) for category in feature["categories"])
    return numpy.asarray([row], dtype=numpy.float32)


app = FastAPI()


@app.get("/ready")
async def ready():
    return {"ready": True}


@app.post("/predict/credit-risk", response_model=Answer)
async def predict(application: Application):
    found = dict(zip(names, session.run(None, {input_name: encode(application.__dict__)})))
    return {"probability": float(found["probability"][0, 0]), "margin": float(found["margin"][0, 0])}


uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)

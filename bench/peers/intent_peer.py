"""TF-IDF + a linear classifier on texts: the linear peer of the intent classifier.

Reads a folder: job.json {"several": bool, "classifier": name, "tests": [names]}, train.json, <test>.json, each {"texts": [...], "labels": [...]}
(labels: names, or lists of names). Writes one JSON line: version, CPU seconds of training, predictions a test.
With the classifier "head" the texts are embeddings, and a plain logistic regression (C = 10) on them answers with its
highest probability too.
"""
import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"

import sklearn  # noqa: E402
from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.multiclass import OneVsRestClassifier  # noqa: E402
from sklearn.svm import LinearSVC  # noqa: E402
from sklearn.pipeline import make_pipeline, make_union  # noqa: E402
from sklearn.preprocessing import MultiLabelBinarizer  # noqa: E402


def load(folder, name):
    with open(os.path.join(folder, name + ".json"), encoding="utf-8") as file:
        return json.load(file)


def main(folder):
    job = load(folder, "job")
    train = load(folder, "train")
    started = time.process_time()
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    if job["several"]:
        names = MultiLabelBinarizer()
        target = names.fit_transform(train["labels"])
        model = make_pipeline(words, OneVsRestClassifier(LogisticRegression(C=10, max_iter=1000)))
        model.fit(train["texts"], target)
        answer = lambda texts: [list(row) for row in names.inverse_transform(model.predict(texts))]
    elif job["classifier"] == "head":
        model = LogisticRegression(C=10, max_iter=1000)
        model.fit(train["texts"], train["labels"])
        answer = lambda rows: [
            {"label": model.classes_[row.argmax()], "probability": row.max()} for row in model.predict_proba(rows)
        ]
    else:
        letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
        vectors = job["classifier"] == "support vectors"
        classifier = LinearSVC() if vectors else LogisticRegression(C=10, max_iter=1000)
        model = make_pipeline(make_union(words, letters), classifier)
        model.fit(train["texts"], train["labels"])
        answer = lambda texts: list(model.predict(texts))
    seconds = time.process_time() - started
    predictions = {name: answer(load(folder, name)["texts"]) for name in job["tests"]}
    print(json.dumps({"version": sklearn.__version__, "cpuSeconds": seconds, "predictions": predictions}))


main(sys.argv[1])

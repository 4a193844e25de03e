"""The peers of the activity model, on the same commits and folds: fastText, and TF-IDF with logistic regression.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install scikit-learn fasttext-wheel
    /tmp/peers/bin/python benches/peers/activity.py FOLDER_OF_LABELLED_COMMITS [--rows FILE] [FOLD ...]

Both see what the model sees: the words of subject and body, and the parts of the paths. Training takes the rows of four folds, extra
ones included; figures are over the rows `base` of the fifth. One core. `--rows` writes the commits that are timed to a file, for whom
the peers stand beside.
"""

import gzip
import json
import os
import pathlib
import re
import sys
import tempfile
import time

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import fasttext
import numpy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

TIMED = 20_000


def folds(readme):
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in readme.splitlines() if line.startswith("|")]
    head = next(i for i, row in enumerate(rows) if row[0] == "repository")
    column = rows[head].index("fold")
    return {row[0]: int(row[column]) for row in rows[head + 2 :] if len(row) > column and row[column].isdigit()}


def text(row):
    words = re.findall(r"\w+|[`#!?:]", (row["subject"] + " ~ " + row["body"]).lower())
    paths = [f"p_{part}" for file in row["files"][:20] for part in re.split(r"[/._-]+", file["path"].lower()) if part]
    return " ".join(words + sorted(set(paths)))


def read(folder):
    fold_of = folds((folder / "../README.md").read_text())
    for path in sorted(folder.glob("*.jsonl.gz")):
        fold = fold_of[path.name.removesuffix(".jsonl.gz").replace("__", "/")]
        for line in gzip.open(path, "rt"):
            row = json.loads(line)
            yield fold, row["sample"] == "base", text(row), row["canonical"], row["label"], row


def fast_text(train, test):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        for words, label in train:
            file.write(f"__label__{label} {words}\n")
        file.flush()
        model = fasttext.train_supervised(file.name, epoch=10, lr=0.3, dim=50, wordNgrams=2, minCount=3, thread=1, verbose=0, seed=7)
    predict = lambda texts: [labels[0].removeprefix("__label__") for labels in model.predict(texts)[0]]
    return timed(predict, test)


def tf_idf(train, test):
    vectors = TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, 2), min_df=5, sublinear_tf=True, max_features=200_000)
    fitted = vectors.fit_transform([words for words, _ in train])
    model = LogisticRegression(C=4.0, max_iter=60).fit(fitted, [label for _, label in train])
    return timed(lambda texts: list(model.predict(vectors.transform(texts))), test)


def timed(predict, test):
    predict(test[:1000])
    start = time.process_time()
    predict(test[:TIMED])
    speed = min(len(test), TIMED) / (time.process_time() - start)
    return predict(test), speed


def main():
    arguments = sys.argv[2:]
    kept = arguments[1] if arguments[:1] == ["--rows"] else None
    chosen = [int(fold) for fold in arguments[2 * bool(kept) :]] or range(5)
    rows = []
    with open(kept or os.devnull, "w") as file:
        left = TIMED
        for *columns, row in read(pathlib.Path(sys.argv[1])):
            rows.append(columns)
            if left and columns[0] in chosen and columns[1]:
                commit = {key: row[key] for key in ("subject", "body")}
                files = [{key: each[key] for key in ("path", "added", "deleted")} for each in row["files"]]
                file.write(json.dumps(commit | {"files": files}) + "\n")
                left -= 1
    print("| peer | labels | accuracy | macro-F1 | commits per second |\n|---|---|---:|---:|---:|")
    for name, peer in [("fastText", fast_text), ("TF-IDF and logistic regression", tf_idf)]:
        given, canonical, declared, speeds = [], [], [], []
        for fold in chosen:
            train = [(words, label) for at, _, words, label, _ in rows if at != fold]
            test = [(words, label, own) for at, base, words, label, own in rows if at == fold and base]
            labels, speed = peer(train, [words for words, _, _ in test])
            given += labels
            canonical += [label for _, label, _ in test]
            declared += [own for _, _, own in test]
            speeds.append(speed)
        for labels, truth in [("canonical", canonical), ("declared", declared)]:
            accuracy = numpy.mean([a == b for a, b in zip(given, truth)])
            macro = f1_score(truth, given, average="macro")
            print(f"| {name} | {labels} | {accuracy:.4f} | {macro:.4f} | {numpy.median(speeds):,.0f} |", flush=True)


if __name__ == "__main__":
    main()

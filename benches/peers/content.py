"""One peer of the content pipeline, on every file below a folder; prints its version, bytes, and the best and the median of the rounds
in seconds of CPU time. Files are read before anything is timed.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install pygments scanoss scanoss-winnowing py-tlsh ppdeep pydriller
    /tmp/peers/bin/python benches/peers/content.py pygments|scanoss|tlsh|ppdeep FOLDER ROUNDS
    /tmp/peers/bin/python benches/peers/content.py pydriller REPOSITORY 1      # commits, not bytes
"""

import os
import statistics
import sys
import time
from importlib.metadata import version


def pygments():
    from pygments.lexers import get_lexer_for_filename
    from pygments.util import ClassNotFound

    def tokens(name, text):
        try:
            lexer = get_lexer_for_filename(name)
        except ClassNotFound:
            return
        for _ in lexer.get_tokens(text.decode("utf-8", "replace")):
            pass

    return version("pygments"), tokens


def scanoss():
    import _winnowing
    from crc32c import crc32c

    return version("scanoss-winnowing"), lambda name, text: _winnowing.compute_wfd(text, crc32c)


def tlsh():
    import tlsh

    return version("py-tlsh"), lambda name, text: tlsh.hash(text)


def ppdeep():
    import ppdeep

    return version("ppdeep"), lambda name, text: ppdeep.hash(text)


def rate(peer, folder, rounds):
    files = []
    for below, _, names in os.walk(folder):
        files += [(name, open(os.path.join(below, name), "rb").read()) for name in names]
    name, run = peer()
    times = []
    for _ in range(rounds):
        start = time.process_time()
        for path, text in files:
            run(path, text)
        times.append(time.process_time() - start)
    print(name, sum(len(text) for _, text in files), min(times), statistics.median(times))


def pydriller(repository):
    from pydriller import Repository

    start, count = time.process_time(), 0
    for commit in Repository(repository).traverse_commits():
        count += 1
        for file in commit.modified_files:
            file.added_lines, file.deleted_lines
    took = time.process_time() - start
    print(version("pydriller"), count, took, took)


if __name__ == "__main__":
    name, folder, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if name == "pydriller":
        pydriller(folder)
    else:
        rate({"pygments": pygments, "scanoss": scanoss, "tlsh": tlsh, "ppdeep": ppdeep}[name], folder, rounds)

"""One peer of the content pipeline, on every file below a folder; prints its version, bytes, and the best and the median of the rounds
in seconds of CPU time. Files are read before anything is timed.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install pygments scanoss-winnowing crc32c py-tlsh ppdeep pydriller
    /tmp/peers/bin/python benches/peers/content.py pygments|scanoss|tlsh|ppdeep FOLDER ROUNDS
    /tmp/peers/bin/python benches/peers/content.py scanoss-hashes FOLDER 1     # every file, its lines and hashes
    /tmp/peers/bin/python benches/peers/content.py pydriller REPOSITORY 1      # commits, not bytes
"""

import os
import statistics
import subprocess
import sys
import tempfile
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


def scanoss_hashes(folder):
    import _winnowing
    from crc32c import crc32c

    lines = []
    for below, _, names in os.walk(folder):
        for name in names:
            path, words = os.path.join(below, name), [""]
            words[0] = os.path.relpath(path, folder)
            wfp = b"".join(_winnowing.compute_wfd(open(path, "rb").read(), crc32c)).decode()
            for group in wfp.split():
                line, hashes = group.split("=")
                words += [f"{line}={hash}" for hash in hashes.split(",")]
            lines.append(" ".join(words))
    print("\n".join(sorted(lines)))


def pydriller(repository):
    from pydriller import Repository

    with tempfile.TemporaryDirectory() as clone:
        if not os.path.exists(os.path.join(repository, ".git")):
            # It wants a work tree's repository; this one borrows all objects.
            subprocess.run(["git", "clone", "--quiet", "--shared", "--no-checkout", repository, clone], check=True)
            repository = clone
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
    elif name == "scanoss-hashes":
        scanoss_hashes(folder)
    else:
        rate({"pygments": pygments, "scanoss": scanoss, "tlsh": tlsh, "ppdeep": ppdeep}[name], folder, rounds)

"""Reads a C2SP tlog-tiles log from a folder and checks all of it: reader.py FOLDER PUBLIC_KEY.

Written from the specifications (signed-note, tlog-checkpoint, tlog-tiles, RFC 6962) and from nothing else.
"""
import base64, hashlib, pathlib, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root_of(hashes):
    if len(hashes) == 1:
        return hashes[0]
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return sha256(b"\x01", root_of(hashes[:half]), root_of(hashes[half:]))


def checkpoint(folder, key):
    name, key_id, public = key.split("+", 2)
    public = base64.b64decode(public, validate=True)
    assert sha256(name.encode(), b"\n", public)[:4].hex() == key_id and public[0] == 1, "not a public key"
    text, signatures = (folder / "checkpoint").read_text().rsplit("\n\n", 1)
    for line in signatures.splitlines():
        dash, signer, signature = line.split(" ")
        signature = base64.b64decode(signature, validate=True)
        if dash == "\u2014" and signer == name and signature[:4].hex() == key_id:
            Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature[4:], (text + "\n").encode())
            origin, size, root = text.split("\n")[:3]
            assert origin == name, "another log's checkpoint"
            return int(size), base64.b64decode(root, validate=True)
    raise AssertionError("the key did not sign the checkpoint")


def path(kind, index, width):
    groups = ["%03d" % (index % 1000)]
    while index >= 1000:
        index //= 1000
        groups.insert(0, "x%03d" % (index % 1000))
    return "tile/%s/%s" % (kind, "/".join(groups)) + ("" if width == 256 else ".p/%d" % width)


def tiles(folder, kind, count):
    for index in range((count + 255) // 256):
        width = min(256, count - 256 * index)
        yield width, (folder / path(kind, index, width)).read_bytes()


def hashes(folder, level, count):
    for width, tile in tiles(folder, level, count):
        assert len(tile) == 32 * width, "a tile of the wrong width"
        yield [tile[at:at + 32] for at in range(0, len(tile), 32)]


def entries(folder, count):
    for width, bundle in tiles(folder, "entries", count):
        for _ in range(width):
            length = int.from_bytes(bundle[:2], "big")
            yield bundle[2:2 + length]
            bundle = bundle[2 + length:]
        assert not bundle, "bytes behind the last entry"


def check(folder, key):
    size, root = checkpoint(folder, key)
    leaves = [leaf for tile in hashes(folder, 0, size) for leaf in tile]
    assert leaves == [sha256(b"\x00", entry) for entry in entries(folder, size)], "entries and leaf hashes differ"
    level, below = 1, list(hashes(folder, 0, size))
    while size >> (8 * level):
        tile = list(hashes(folder, level, size >> (8 * level)))
        full = [root_of(each) for each in below if len(each) == 256]
        assert [each for part in tile for each in part] == full, "a tile does not fit the ones below"
        level, below = level + 1, tile
    assert root_of(leaves) == root, "another root than was signed"
    print("%d entries of %s are as signed" % (size, key.split("+")[0]))


check(pathlib.Path(sys.argv[1]), sys.argv[2])

"""PDV1 records a second time, on the Cobblestone of the Python package `cryptography`.

Reads one JSON object a line and answers one a line; bytes are hexadecimal. It shares nothing with the crate but the
format's specification.
"""

import json
import sys

try:
    from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
    from cryptography.exceptions import InvalidTag
except ImportError as error:
    print(json.dumps({"missing": str(error)}), flush=True)
    sys.exit(1)

BACKUP = 4
RECORD_MAX = 64 * 1024


def counted(part):
    return len(part).to_bytes(2, "big") + part


def context(header, place):
    return b"".join(
        [
            b"prodops/vault/1\0",
            header,
            counted(place["environment"].encode()),
            counted(bytes.fromhex(place["workspace"])),
            counted(place["kind"].encode()),
            counted(bytes.fromhex(place["record"])),
            counted(place["field"].encode()),
            place["generation"].to_bytes(8, "big"),
        ]
    )


def padded(secret):
    text = len(secret).to_bytes(4, "big") + secret
    return text + bytes(-len(text) % 64)


def stripped(text):
    length = int.from_bytes(text[:4], "big")
    secret = text[4 : 4 + length]
    if padded(secret) != text:
        raise ValueError("padding")
    return secret


def seal(request):
    purpose = request["purpose"]
    header = b"PDV\x01\x01" + bytes([purpose, 0, 0]) + bytes.fromhex(request["key_id"])
    secret = bytes.fromhex(request["secret"])
    encryptor = Cobblestone256Encryptor(bytes.fromhex(request["key"]), context(header, request["place"]))
    text = secret if purpose == BACKUP else padded(secret)
    return header + encryptor.update(text) + encryptor.finalize()


def open_(request):
    purpose = request["purpose"]
    record = bytes.fromhex(request["record"])
    header, message = record[:24], record[24:]
    expected = b"PDV\x01\x01" + bytes([purpose, 0, 0]) + bytes.fromhex(request["key_id"])
    if header != expected or (purpose != BACKUP and len(record) > RECORD_MAX):
        raise ValueError("header")
    decryptor = Cobblestone256Decryptor(bytes.fromhex(request["key"]), context(header, request["place"]))
    text = decryptor.update(message) + decryptor.finalize()
    return text if purpose == BACKUP else stripped(text)


def answer(request):
    if request["do"] == "seal":
        return {"bytes": seal(request).hex()}
    try:
        return {"bytes": open_(request).hex()}
    except (InvalidTag, ValueError):
        return {"refused": True}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)

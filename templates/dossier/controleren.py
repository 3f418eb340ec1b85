#!/usr/bin/env python3
"""Controleert een dossier en zegt wat er niet klopt. Checks a dossier and says what is wrong.

python3 controleren.py dossier.zip [VINGERAFDRUK]    (exit code 0: in order, 1: not)
De handtekening gaat het programma niet na: zie CONTROLEREN.txt. It does not check the signature.
"""
import hashlib
import json
import sys
import zipfile

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def sha256(text):
    return hashlib.sha256(text if isinstance(text, bytes) else text.encode("utf-8")).hexdigest()


def fingerprint(head):
    digits = "".join(ALPHABET[int(head[:20], 16) >> (75 - 5 * at) & 31] for at in range(16))
    return " ".join(digits[at:at + 4] for at in range(0, 16, 4))


def faults(dossier, typed):
    previous, events = "", dossier["events"]
    for number, event in enumerate(events, 1):
        facts, salt = event["facts"], event.get("salt", "")
        if (facts["number"], facts["order"]) != (number, dossier["order"]["reference"]):
            yield f"event {number} is not in its place"
        written = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        if sha256(f"oplossingscentrum event 1\n{previous}\n{written}") != event["hash"]:
            yield f"event {number} is not what its hash says"
        previous = event["hash"]
        words = {"text": event.get("text"), "titles": "\n".join(event["titles"]) if "titles" in event else None}
        for kind, said in words.items():
            if said is None and kind in facts and "erased_at" not in event:
                yield f"event {number} lacks its {kind}"
            if said is not None and sha256(salt + said) != facts.get(kind):
                yield f"event {number} does not have its {kind} of then"
    if (dossier["count"], dossier["head"], dossier["fingerprint"]) != (len(events), previous, fingerprint(previous)):
        yield "the last events are missing, or some were added"
    known = [fingerprint(event["hash"]).replace(" ", "") for event in events]
    given = "".join(letter for letter in typed.upper() if letter.isascii() and letter.isalnum())
    if typed.strip() and given.translate(str.maketrans("OIL", "011")) not in known:
        yield "no event has the fingerprint that you gave"


def main(file, *typed):
    with zipfile.ZipFile(file) as bundle:
        written = bundle.read("dossier.json")
        dossier = json.loads(written)
        found = list(faults(dossier, " ".join(typed)))
        if sha256(bundle.read("dossier.html")) != dossier["html"]:
            found.append("dossier.html is not the one that was made with it")
        signed = bundle.read("dossier.note").decode("utf-8").split("\n")[1:6]
        told = [dossier["order"]["reference"], str(dossier["count"]), dossier["head"], dossier["made_at"]]
        if signed != told + [sha256(written)]:
            found.append("the signature is of another dossier")
    print("\n".join(found) or f"In order: {dossier['count']} events, fingerprint {dossier['fingerprint']}")
    sys.exit(1 if found else 0)


main(*sys.argv[1:])

"""For each line of the file named, "name<TAB>DICOM file<TAB>our JSON<TAB>JSON to write": writes what pydicom's to_json says of the file, reads our
JSON with from_json, and prints where that data set differs from the one that pydicom reads from the file."""
import json
import struct
import sys
import warnings

import pydicom
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

warnings.simplefilter("ignore")
pydicom.datadict.private_dictionaries.clear()  # manufacturers' attributes without a VR in the file stay UN, as with us
INLINE = 1 << 40


def values(element):
    value = element.value
    if value is None or (isinstance(value, (str, bytes)) and len(value) == 0):
        return []
    return list(value) if isinstance(value, (MultiValue, list)) else [value]


def same(vr, ours, theirs):
    if vr == "FL":  # both are the same 32 bits; the shortest digits that say so are another double
        return struct.pack("f", ours) == struct.pack("f", theirs)
    if vr in ("DS", "IS", "FD"):
        return str(ours) == str(theirs) or float(ours) == float(theirs)
    if isinstance(theirs, bytes):
        return ours.rstrip(b"\0") == theirs.rstrip(b"\0")
    return ours == theirs or str(ours).strip(" \0") == str(theirs).strip(" \0")


def differences(ours, theirs, path=""):
    for tag in sorted(set(ours.keys()) | set(theirs.keys())):
        here = f"{path}{tag:08X}"
        if tag.element == 0 or tag.group in (0, 2):
            continue
        if tag not in ours or tag not in theirs:
            yield here, "only in " + ("ours" if tag in ours else "theirs"), ""
            continue
        a, b = ours[tag], theirs[tag]
        if a.VR != b.VR:
            yield here, a.VR, b.VR
        elif a.VR == "SQ":
            if len(a.value) != len(b.value):
                yield here, f"{len(a.value)} items", f"{len(b.value)} items"
            for i, (x, y) in enumerate(zip(a.value, b.value)):
                yield from differences(x, y, f"{here}[{i}].")
        else:
            x, y = values(a), values(b)
            if len(x) != len(y) or not all(same(a.VR, p, q) for p, q in zip(x, y)):
                yield here, str(x)[:120], str(y)[:120]


for line in open(sys.argv[1], encoding="utf-8"):
    name, source, ours, target = line.rstrip("\n").split("\t")
    try:
        dataset = pydicom.dcmread(source, force=True)
        with open(target, "w", encoding="utf-8") as out:
            json.dump(dataset.to_json_dict(bulk_data_threshold=INLINE), out)
    except Exception as fault:  # what pydicom cannot read or write is said, with its reason
        print(f"{name}\tto_json\t{type(fault).__name__}: {fault}".replace("\n", " "))
        continue
    try:
        with open(ours, encoding="utf-8") as text:
            back = Dataset.from_json(text.read())
        for where, mine, yours in differences(back, dataset):
            print(f"{name}\t{where}\t{mine}\t{yours}".replace("\n", " "))
    except Exception as fault:
        print(f"{name}\tfrom_json\t{type(fault).__name__}: {fault}".replace("\n", " "))

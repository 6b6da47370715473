"""For each DICOM file named in the file named: a line "F<TAB>path", then one line of JSON for each element: [path, VR, values]. Text is decoded,
numbers are numbers, bytes are their SHA-256 in little endian, fragments of compressed pixel data one by one, items follow their sequence."""
import hashlib
import json
import struct
import sys
import warnings

import pydicom
import pydicom.config
from pydicom.dataelem import RawDataElement
from pydicom.multival import MultiValue

warnings.simplefilter("ignore")
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
pydicom.datadict.private_dictionaries.clear()
PLAIN = {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI"}
CODED = {"SH", "LO", "ST", "LT", "PN", "UC", "UT"}
NUMBERS = {"US", "SS", "UL", "SL", "FL", "FD", "SV", "UV", "AT"}
WORDS = {"OW": 2, "OL": 4, "OF": 4, "OD": 8, "OV": 8}


def digest(value, vr, little):
    size = WORDS.get(vr, 1)
    if not little and size > 1:
        whole = len(value) - len(value) % size
        value = b"".join(value[i:i + size][::-1] for i in range(0, whole, size)) + value[whole:]
    return hashlib.sha256(value).hexdigest()


def fragments(value):
    at = 0
    while at + 8 <= len(value):
        group, number, length = struct.unpack_from("<HHL", value, at)
        if (group, number) != (0xFFFE, 0xE000):
            return
        yield value[at + 8:at + 8 + length]
        at += 8 + length


def many(value):
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, (MultiValue, list)) else [value]


def listing(dataset, little, path=""):
    for tag in sorted(dataset.keys()):
        raw = dataset.get_item(tag)
        element = dataset[tag]
        here = f"{path}{tag:08X}"
        if element.VR == "SQ":
            yield here, "SQ", [len(element.value)]
            for i, item in enumerate(element.value):
                yield from listing(item, little, f"{here}/{i}/")
        elif element.VR in PLAIN and isinstance(raw, RawDataElement):
            text = (raw.value or b"").decode("latin-1").rstrip(" \0")
            yield here, element.VR, [part.strip(" \0") for part in text.split("\\")] if text else []
        elif element.VR in CODED or element.VR in PLAIN or element.VR == "UR":  # a plain one that pydicom itself had to look at
            yield here, element.VR, [str(part).strip(" \0") for part in many(element.value)]
        elif element.VR in NUMBERS:
            yield here, element.VR, [float(part) for part in many(element.value)]
        elif isinstance(raw, RawDataElement) and raw.length == 0xFFFFFFFF or getattr(element, "is_undefined_length", False):
            yield here, element.VR, [hashlib.sha256(part).hexdigest() for part in fragments(element.value)]
        else:
            value = element.value if isinstance(element.value, bytes) else b""
            yield here, element.VR, [digest(value, element.VR, little)] if value else []


for line in open(sys.argv[1], encoding="utf-8"):
    name = line.rstrip("\n")
    print(f"F\t{name}")
    try:
        dataset = pydicom.dcmread(name, force=True)
        little = dataset.is_little_endian
        for row in listing(dataset, little):
            print(json.dumps(row))
    except Exception as fault:
        print(f"X\t{type(fault).__name__}: {fault}".replace("\n", " "))

"""Reads the cases that the file named holds, one JSON object a line: {ours, theirs, syntax, tag, vr, values}. For each it reads the file `ours`
and prints [VR, values, what follows]; and it writes the same values to the file `theirs`. Values are text: see EveryVrFiles.cs."""
import json
import struct
import sys
import warnings

import pydicom
import pydicom.config
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.tag import Tag

warnings.simplefilter("error")
pydicom.config.settings.reading_validation_mode = pydicom.config.RAISE
INTEGERS = {"US", "SS", "UL", "SL", "SV", "UV"}
REALS = {"FL", "FD"}
WORDS = {"OB": 1, "UN": 1, "OW": 2, "OL": 4, "OF": 4, "OD": 8, "OV": 8}  # PS3.5, 7.3: what big endian turns around, and pydicom does not
BIG = "1.2.840.10008.1.2.2"
IMPLICIT = "1.2.840.10008.1.2"
AFTER = Tag(0x00880130)


def turned(value, vr, big):
    size = WORDS[vr] if big else 1
    return b"".join(value[i:i + size][::-1] for i in range(0, len(value), size))


def many(value):
    return list(value) if isinstance(value, (list, pydicom.multival.MultiValue)) else [value]


def said(element, big):
    if element.VR == "SQ":
        return [str(item.PatientName) for item in element.value]
    if element.VR in WORDS:
        return [turned(element.value, element.VR, big).hex()]
    if element.VR in REALS:
        return [struct.pack(">d", value).hex() for value in many(element.value)]
    if element.VR == "AT":
        return [f"{value:08x}" for value in many(element.value)]
    return [str(value) for value in many(element.value)]


def made(case, big):
    vr, values = case["vr"], case["values"]
    if vr == "SQ":
        items = [Dataset() for _ in values]
        for item, name in zip(items, values):
            item.PatientName = name
        return items
    if vr in WORDS:
        return turned(bytes.fromhex(values[0]), vr, big)
    if vr in REALS:
        return [struct.unpack(">d", bytes.fromhex(value))[0] for value in values]
    if vr == "AT":
        return [int(value, 16) for value in values]
    if vr in INTEGERS:
        return [int(value) for value in values]
    return values if len(values) > 1 else values[0]


def write(case, big):
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = case["syntax"]
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    dataset = FileDataset(case["theirs"], {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.add_new(int(case["tag"], 16), case["vr"], made(case, big))
    dataset.add_new(AFTER, "SH", "AFTER")
    dataset.is_little_endian = not big
    dataset.is_implicit_VR = case["syntax"] == IMPLICIT
    dataset.save_as(case["theirs"], write_like_original=False)


with open(sys.argv[1], encoding="utf-8") as lines:
    cases = [json.loads(line) for line in lines]
for case in cases:
    big = case["syntax"] == BIG
    try:
        write(case, big)
        dataset = pydicom.dcmread(case["ours"])
        element = dataset[int(case["tag"], 16)]
        print(json.dumps([element.VR, said(element, big), str(dataset[AFTER].value)]))
    except Exception as fault:
        print(json.dumps([f"{type(fault).__name__}: {fault}", [], ""]))

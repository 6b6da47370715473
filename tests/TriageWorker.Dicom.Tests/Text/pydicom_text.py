"""For each line of the file named, "terms<TAB>bytes in hexadecimal": the text that pydicom makes of them, in JSON; null when it cannot read them."""
import json
import sys
import warnings

from pydicom.charset import convert_encodings, decode_bytes
from pydicom.valuerep import TEXT_VR_DELIMS

warnings.simplefilter("error")  # pydicom warns, and tries something else, where a character is none

with open(sys.argv[1], encoding="ascii") as lines:
    rows = lines.readlines()
for line in rows:
    terms, value = line.rstrip("\n").split("\t")
    try:
        text = decode_bytes(bytes.fromhex(value), convert_encodings(terms.split("\\")), TEXT_VR_DELIMS)
        print(json.dumps(None if "\ufffd" in text or "\x1b" in text else text))
    except Exception:
        print("null")

"""What Python makes of every character: lower case, then words and runs of punctuation, as Merlin cleans its sentences.

python3 sanitiser_reference.py FILE writes a line for each code point of the first two planes that this Python's Unicode knows: its number in hexadecimal, its general
category and what becomes of TEXT with the character in it, with tabs between them.
"""
import re
import sys
import unicodedata

TEXT = "a{0}b {0}{0}1 \u0391{0}\u03a3 \u0391\u03a3{0}\u0391 {0}"

with open(sys.argv[1], "w", encoding="utf-8", newline="") as file:
    for point in range(0x20000):
        if unicodedata.category(chr(point)) not in ("Cn", "Cs"):
            file.write(f"{point:x}\t{unicodedata.category(chr(point))}\t" + " ".join(re.findall(r"\w+|[^\w\s]+", TEXT.format(chr(point)).lower())) + "\n")

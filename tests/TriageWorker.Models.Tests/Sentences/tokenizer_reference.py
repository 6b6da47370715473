"""A small vocabulary of byte pairs, random texts, and their tokens by GPT-2's own pattern; shares no line with ours.

python3 tokenizer_reference.py FOLDER learns merges from the sentences below and writes vocab.json, merges.txt, texts.json and tokens.json (for each text the numbers, begin and end
with them). Python's re has no \\p{L}; the classes are written out from unicodedata instead.
"""
import collections
import json
import pathlib
import random
import re
import sys
import unicodedata

CORPUS = """no free fluid . there is free air . mild hepatic steatosis . no evidence of bowel obstruction . the liver and biliary tree : normal . small hiatal hernia .
Infrarenal abdominal aortic aneurysm measures 4.5 cm. It's unchanged; they're stable, we've compared and I'd say he'll do. Größe der Milz über der Norm. Épanchement pleural
bilatéral. 肝臓に異常なし。 Δ 3.5 cm² ½ naïve café 😀😀 👩‍⚕️ the the the   spaces\t\ttabs\n\nlines""" * 3
MERGES = 400


def members(kinds):
    """A character class of everything of these kinds."""
    points = [point for point in range(0x110000) if unicodedata.category(chr(point))[0] in kinds]
    ranges = []
    for point in points:
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


LETTER, NUMBER = members("L"), members("N")
SPACE = "\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"  # the property White_Space
PATTERN = re.compile(f"'s|'t|'re|'ve|'m|'ll|'d| ?[{LETTER}]+| ?[{NUMBER}]+| ?[^{SPACE}{LETTER}{NUMBER}]+|[{SPACE}]+(?![^{SPACE}])|[{SPACE}]+")

printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
hidden = [value for value in range(256) if value not in printable]
ALPHABET = {**{value: chr(value) for value in printable}, **{value: chr(256 + i) for i, value in enumerate(hidden)}}


def pieces(text):
    return [tuple(ALPHABET[value] for value in piece.encode("utf-8")) for piece in PATTERN.findall(text)]


def merge(piece, pair):
    merged, rest = [], list(piece)
    while rest:
        count = 2 if tuple(rest[:2]) == pair else 1
        merged.append("".join(rest[:count]))
        rest = rest[count:]
    return tuple(merged)


def learn():
    words, merges = collections.Counter(pieces(CORPUS)), []
    while len(merges) < MERGES:
        pairs = collections.Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += count
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        words = collections.Counter({merge(word, best): count for word, count in words.items()})
    return merges


def encode(text, merges, vocabulary):
    tokens = []
    for piece in pieces(text):
        for pair in merges:  # in the order they were learned, each wherever it still stands
            if len(piece) > 1:
                piece = merge(piece, pair)
        tokens += [vocabulary[token] for token in piece]
    return [0, *tokens, 2]


def texts():
    draw = random.Random(7)
    words = CORPUS.split()
    odd = ["  ", "\t", "\n", "\u00a0", "\u3000", "\u2028", "\x1c", "\x85", "'s", "'S", " 'll", "''", "e\u0301", "\u0301", "\u0903", "😀", "👩‍⚕️", "🇩🇪", "𝐀𝐛", "𐐀", "½", "²", "Ⅷ", "٣", "_", "<s>", "</s>", "<pad>", "İ", "ΣΑΣ", "\u200d", "\ufeff", "\x00", "ﬁ"]
    known = [chr(point) for point in range(0x20000) if unicodedata.category(chr(point)) not in ("Cn", "Cs", "Co")]
    yield from ["", " ", "  ", "a", " a", "a ", "a  b", "\ta", " \t a", "I'm", "i'M", "'", " '", "''s", "a's b't c'red", "a\n\n b", " \u00a0x", "12ab", "1½a", "hello   ", "\n", "\x1c\x1d a"]
    for _ in range(1500):
        yield "".join(draw.choice((lambda: draw.choice(words), lambda: " ", lambda: draw.choice(odd), lambda: draw.choice(known)))() for _ in range(draw.randrange(1, 24)))


def main():
    folder = pathlib.Path(sys.argv[1])
    merges = learn()
    tokens = ["<s>", "<pad>", "</s>", "<unk>", *ALPHABET.values(), *dict.fromkeys("".join(pair) for pair in merges), "<mask>"]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    lines = list(texts())
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), "utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{left} {right}\n" for left, right in merges), "utf-8")
    (folder / "texts.json").write_text(json.dumps(lines), "utf-8")
    (folder / "tokens.json").write_text(json.dumps([encode(text, merges, vocabulary) for text in lines]), "utf-8")


if __name__ == "__main__":
    main()

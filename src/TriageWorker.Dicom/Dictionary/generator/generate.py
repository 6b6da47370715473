#!/usr/bin/python3
"""Writes the DICOM dictionary (PS3.6) as C# tables: ../*.Generated.cs

    generate.py [FOLDER OF THE UNPACKED npm PACKAGE @iwharris/dicom-data-dictionary]

Sources, in this order:
  1. pydicom's _dicom_dict.py and _uid_dict.py (Debian python3-pydicom 2.3.1): PS3.6 and PS3.7 of edition 2022a,
     with names, retirement and all UIDs.
  2. DCMTK's dicom.dic (Debian libdcmtk17 3.6.7): edition 2022b; adds what is newer and checks the rest.
  3. With the argument: @iwharris/dicom-data-dictionary 1.26.0 (edition 2019e, built from the standard's DocBook): checks.

Every difference between the sources that is not explained below ends the run: the tables are then not written.
"""
import glob
import json
import os
import re
import subprocess
import sys

from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary
from pydicom._uid_dict import UID_dictionary
from pydicom._version import __dicom_version__

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.dirname(HERE)

# DCMTK's file has no names; these are the attributes that edition 2022b has beyond 2022a.
NAMES_NEW_IN_2022B = {
    "CurrentFrameFunctionalGroupsSequence": "Current Frame Functional Groups Sequence",
    "AcquisitionUID": "Acquisition UID",
    "PyramidUID": "Pyramid UID",
    "PyramidDescription": "Pyramid Description",
    "PyramidLabel": "Pyramid Label",
}
# DCMTK's own letters for value representations that depend on other attributes (dcmdata/dcvr.h).
DCMTK_VR = {"up": "UL", "ox": "OB or OW", "px": "OB or OW", "xs": "US or SS", "na": "NONE"}
# The standard has retired the whole group 2130; DCMTK's file forgets the mark on these two.
DCMTK_NOT_MARKED_RETIRED = {"213000A0", "213000C0"}
DCMTK_LUT = {"US or OW", "US or SS or OW"}  # written "lt" there

# Edition 2019e as against 2022a: corrections made to the standard in between.
CHANGED_SINCE_2019E = {
    "001440A0", "001440A1", "001440A2", "00620009",  # value multiplicity
    "00281200", "00283006",  # multiplicity written "1-n or 1"
    "00221642", "40101029",  # keyword's capitals
    "FFFEE000", "FFFEE00D", "FFFEE0DD",  # VR written "See Note"
}


def read_pydicom():
    """{tag, possibly with x for any digit: (vr, vm, name, retired, keyword)}"""
    entries = {f"{tag:08X}": value for tag, value in DicomDictionary.items()}
    entries.update({mask.replace("X", "x"): value for mask, value in RepeatersDictionary.items()})
    return {tag: (vr, vm, name, retired == "Retired", keyword) for tag, (vr, vm, name, retired, keyword) in entries.items()}


def read_dcmtk():
    """{tag or range: (vr, keyword, vm, version)} of the standard's entries."""
    path, = glob.glob("/usr/share/libdcmtk*/dicom.dic")
    entries = {}
    for line in open(path, encoding="utf-8"):
        if line.startswith("#") or not line.strip():
            continue
        tag, vr, keyword, vm, version = line.rstrip("\n").split("\t")
        if version not in ("PRIVATE", "ILLEGAL", "GENERIC"):
            entries[tag.strip("()").replace(",", "").upper()] = (vr, keyword.removeprefix("RETIRED_"), vm, version)
    return entries


def mask_of(tag):
    """DCMTK writes 6000-60FF0010 and 00203100-31FF where the standard writes 60xx0010 and 002031xx."""
    if "-" not in tag:
        return tag
    if re.match(r"[0-9A-F]{4}-[0-9A-F]{4}[0-9A-F]{4}$", tag):
        return tag[:2] + "xx" + tag[9:]
    return tag[:6] + "xx"


def matches(mask, tag):
    return len(mask) == len(tag) and all(m in ("x", t) for m, t in zip(mask, tag))


def first_tag(mask, first):
    """Of what repeats: the first tag; where the elements repeat, the one that DCMTK names."""
    return first.get(mask, mask.replace("x", "0"))


def add_dcmtk(entries, faults):
    """Returns the first tag of each mask of elements."""
    first = {}
    masks = [tag for tag in entries if "x" in tag]
    for tag, (vr, keyword, vm, version) in read_dcmtk().items():
        key = mask_of(tag)
        if key not in entries:  # DCMTK names only the first tag of some element masks (0028,04x0; 1000,xxx0; 1010,xxxx)
            key = next((mask for mask in masks if matches(mask, key)), key)
            first[key] = tag
        if key not in entries:
            if keyword not in NAMES_NEW_IN_2022B:
                faults.append(f"{tag} {keyword}: only DCMTK has it")
                continue
            entries[key] = (DCMTK_VR.get(vr, vr), vm, NAMES_NEW_IN_2022B[keyword], "retired" in version, keyword)
            continue
        known_vr, known_vm, _, retired, known_keyword = entries[key]
        their_retired = "retired" in version or key in DCMTK_NOT_MARKED_RETIRED
        same_vr = known_vr in DCMTK_LUT if vr == "lt" else known_vr == DCMTK_VR.get(vr, vr)
        if not same_vr or (known_vm, known_keyword, retired) != (vm, keyword, their_retired):
            faults.append(f"{tag}: DCMTK {vr, vm, keyword, version}, pydicom {entries[key]}")
    return first


def check_npm(entries, folder, faults):
    script = "console.log(JSON.stringify(Object.values(require(process.argv[1]).elements)))"
    for e in json.loads(subprocess.check_output(["node", "-e", script, os.path.abspath(folder)])):
        tag = e["tag"][1:5] + e["tag"][6:10]
        theirs, ours = (e["vr"], e["vm"], e["keyword"]), entries.get(tag)
        if tag not in CHANGED_SINCE_2019E and (ours is None or theirs != (ours[0], ours[1], ours[4])):
            faults.append(f"{tag}: 2019e {theirs}, ours {ours}")


def numbers(values, form, per_line):
    lines = [", ".join(form(v) for v in values[i:i + per_line]) for i in range(0, len(values), per_line)]
    return ",\n".join("        " + line for line in lines)


def text_table(name, rows):
    """One UTF-8 literal with a row per line, and where each row begins."""
    offsets, position = [], 0
    for row in rows:
        offsets.append(position)
        position += len(row.encode()) + 1
    body = "\n".join("        " + row for row in rows)
    return (f"    internal static ReadOnlySpan<byte> {name} => \"\"\"\n{body}\n\n        \"\"\"u8;\n\n"
            f"    internal static ReadOnlySpan<int> {name}Offsets =>\n    [\n{numbers(offsets, str, 20)},\n    ];\n")


HEADER = "// <auto-generated>Written by Dictionary/generator/generate.py from PS3.6, edition 2022b. Do not edit.</auto-generated>\n"


def write(name, body):
    with open(os.path.join(OUT, name), "w", encoding="utf-8", newline="\n") as file:
        file.write(HEADER + body)


def write_tags(entries, first):
    lines = []
    for tag, (vr, vm, name, retired, keyword) in sorted(entries.items(), key=lambda e: first_tag(e[0], first)):
        if not keyword:
            continue
        value = first_tag(tag, first)
        lines.append(f"    public static DicomTag {keyword} => new(0x{value[:4]}, 0x{value[4:]});")
    write("DicomTag.Generated.cs", "namespace TriageWorker.Dicom;\n\npublic readonly partial record struct DicomTag\n{\n"
          + "\n".join(lines) + "\n}\n")


def write_dictionary(entries, first):
    plain = sorted((tag, e) for tag, e in entries.items() if "x" not in tag)
    masked = sorted((tag, e) for tag, e in entries.items() if "x" in tag)
    rows = plain + masked
    vrs = sorted({e[0] for _, e in rows})
    vms = sorted({e[1] for _, e in rows})
    for vr in vrs:
        assert len(vr.split(" or ")) <= 3
    by_keyword = sorted((e[4], i) for i, (_, e) in enumerate(rows) if e[4])
    assert len({k for k, _ in by_keyword}) == len(by_keyword)
    vr_rows = "\n".join("        [" + ", ".join(f"DicomVR.{v if v != 'NONE' else 'None'}" for v in vr.split(" or ")) + "]," for vr in vrs)
    write("DictionaryTable.Generated.cs", f"""#nullable enable
namespace TriageWorker.Dicom.Dictionary;

/// <summary>PS3.6 as sorted tables in the assembly's read-only data: nothing is built when the process starts.</summary>
internal static class DictionaryTable
{{
    /// <summary>Rows below this index have one tag each, sorted; those from here on stand for many (60xx, 50xx …).</summary>
    internal const int FirstMasked = {len(plain)};

    internal static readonly DicomVR[][] Vrs =
    [
{vr_rows}
    ];

    internal static readonly string[] Multiplicities = [{", ".join(f'"{vm}"' for vm in vms)}];

    internal static ReadOnlySpan<uint> Tags =>
    [
{numbers([first_tag(tag, first) for tag, _ in rows], lambda t: "0x" + t, 14)},
    ];

    /// <summary>For the masked rows: which bits of the tag count.</summary>
    internal static ReadOnlySpan<uint> Masks =>
    [
{numbers(["".join("0" if c == "x" else "F" for c in tag) for tag, _ in masked], lambda t: "0x" + t, 14)},
    ];

    internal static ReadOnlySpan<byte> VrIndex =>
    [
{numbers([vrs.index(e[0]) for _, e in rows], str, 40)},
    ];

    internal static ReadOnlySpan<byte> MultiplicityIndex =>
    [
{numbers([vms.index(e[1]) for _, e in rows], str, 40)},
    ];

    internal static ReadOnlySpan<byte> Retired =>
    [
{numbers([int(e[3]) for _, e in rows], str, 40)},
    ];

    /// <summary>Row numbers in the ordinal order of their keywords.</summary>
    internal static ReadOnlySpan<ushort> ByKeyword =>
    [
{numbers([i for _, i in by_keyword], str, 24)},
    ];

    /// <summary>A line for each row: keyword, tabulator, name.</summary>
{text_table("Text", [e[4] + chr(9) + e[2].replace(chr(8217), chr(39)) for _, e in rows])}}}
""")
    return len(plain), len(masked)


def write_uids():
    rows = sorted((uid, keyword, kind, name, retired == "Retired") for uid, (name, kind, _, retired, keyword) in UID_dictionary.items())
    keywords = [r[1] for r in rows if r[1]]
    assert len(set(keywords)) == len(keywords)
    constants = "\n".join(f"    public const string {keyword} = \"{uid}\";" for uid, keyword, *_ in rows if keyword)
    write("DicomUid.Generated.cs", "namespace TriageWorker.Dicom;\n\npublic static partial class DicomUid\n{\n" + constants + "\n}\n")
    lines = ["\t".join([uid, keyword, kind, name, "retired" if retired else ""]) for uid, keyword, kind, name, retired in rows]
    write("UidTable.Generated.cs", f"""#nullable enable
namespace TriageWorker.Dicom.Dictionary;

/// <summary>PS3.6 annex A, sorted by UID.</summary>
internal static class UidTable
{{
    /// <summary>A line for each UID: UID, keyword, kind, name, "retired" or nothing; tabulators between.</summary>
{text_table("Text", lines)}}}
""")
    return len(rows)


def main():
    assert __dicom_version__ == "2022a", __dicom_version__
    faults = []
    entries = read_pydicom()
    first = add_dcmtk(entries, faults)
    if len(sys.argv) > 1:
        check_npm(entries, sys.argv[1], faults)
    if faults:
        sys.exit("The sources differ:\n" + "\n".join(faults))
    write_tags(entries, first)
    plain, masked = write_dictionary(entries, first)
    uids = write_uids()
    print(f"{plain} attributes, {masked} repeating ones, {uids} UIDs; all sources agree")


if __name__ == "__main__":
    main()

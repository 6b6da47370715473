"""pydicom over the same files, in one process that waits between its runs.

    python3 pydicom_files.py TARGET FILE...     a task on each line of its input; prints the seconds it took

parse: dcmread(path), pixel data in memory, values decoded when asked for.  header: dcmread(path, stop_before_pixels=True).
write: save_as(path, write_like_original=False) of data sets that dcmread gave before the clock started.
"""
import os
import sys
import time

import pydicom


def main(target, files):
    read = []
    for line in sys.stdin:
        task = line.strip()
        if task == "write" and not read:
            read = [(os.path.join(target, os.path.basename(path)), pydicom.dcmread(path)) for path in files]
        start = time.perf_counter()
        if task == "parse":
            for path in files:
                pydicom.dcmread(path)
        elif task == "header":
            for path in files:
                pydicom.dcmread(path, stop_before_pixels=True)
        elif task == "write":
            for path, dataset in read:
                dataset.save_as(path, write_like_original=False)
        else:
            sys.exit(f"no such task: {task}")
        print(time.perf_counter() - start, flush=True)


main(sys.argv[1], sys.argv[2:])

# Reads the text of what it is told, one path a line, with PyMuPDF; answers `took MILLISECONDS`.
import sys
import time

import pymupdf

pymupdf.TOOLS.mupdf_display_errors(False)
print("ready", flush=True)
for line in sys.stdin:
    began = time.perf_counter()
    try:
        with pymupdf.open(line.rstrip("\n")) as document:
            for page in document:
                page.get_text("text")
        print(f"took {(time.perf_counter() - began) * 1000}", flush=True)
    except Exception as error:
        print(f"failed {type(error).__name__}", flush=True)

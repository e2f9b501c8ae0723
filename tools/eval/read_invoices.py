"""Reads PDFs with invoice2data's shipped templates: paths as JSON on stdin, one line of JSON a file on stdout."""

import contextlib
import json
import logging
import sys

from invoice2data import extract_data
from invoice2data.extract.loader import read_templates

FIELDS = {
    "invoice_number": "invoice_number",
    "date": "issue_date",
    "amount": "total",
    "currency": "currency",
    "iban": "iban",
    "vat": "seller_vat_id",
    "amount_untaxed": "net_total",
    "amount_tax": "tax_total",
    "issuer": "seller_name",
    "partner_name": "buyer_name",
}

logging.disable(logging.CRITICAL)
templates = read_templates()


def plain(value):
    return value.isoformat()[:10] if hasattr(value, "isoformat") else value


for path in json.load(sys.stdin):
    with contextlib.redirect_stdout(sys.stderr):
        try:
            found = extract_data(path, templates=templates) or {}
        except Exception as error:  # a file that it cannot read is a file without values
            print(f"{path}: {error}", file=sys.stderr)
            found = {}
    values = {ours: plain(found[theirs]) for theirs, ours in FIELDS.items() if found.get(theirs) is not None}
    print(json.dumps({"path": path, "values": values}), flush=True)

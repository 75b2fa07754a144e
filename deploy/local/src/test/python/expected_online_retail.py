#!/usr/bin/env python3
"""What the online-retail sample must come to, worked out from the raw file without any of Quarry's code.

usage: expected_online_retail.py FILE.csv.gz > ../resources/expected/online-retail.csv

Per UTC day: distinct customers (DAU) and invoice lines of a customer (tool calls). Lines without a customer do not
count; cancelled invoices do.
"""
import collections
import csv
import gzip
import sys

customers = collections.defaultdict(set)
lines = collections.Counter()
with gzip.open(sys.argv[1], "rt", encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file):
        if row["CustomerID"]:
            day = row["InvoiceDate"][:10]
            customers[day].add(row["CustomerID"])
            lines[day] += 1

print("day,dau,tool_calls")
for day in sorted(lines):
    print(f"{day},{len(customers[day])},{lines[day]}")

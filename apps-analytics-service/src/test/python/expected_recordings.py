#!/usr/bin/env python3
"""Recomputes, from the recordings alone, what the apps API must say of them.

    expected_recordings.py deploy/local/src/main/resources/samples \
        > apps-analytics-service/src/test/resources/expected/recordings.json

An access log's line is a request, and an error if it was answered 400 or more. The bytes of its answer, if it had any, are
a sample of its page, which is the path with the query. A line of a broker's log with a time and
a level is an entry; TRACE and DEBUG are "log", FATAL is "error". A row of the train ticket shop is an error of its
service; rows before 1970 are left out.
"""
import collections
import csv
import datetime
import gzip
import json
import re
import sys

UTC = datetime.timezone.utc
ACCESS = re.compile(r'^(\S+) \S+ \S+ \[([^\]]+)\] "(.*?)" (\d{3}) (\d+|-)')
PAGE = re.compile(r"\S* ?(.*?)(?: HTTP/[0-9.]+)?$")
LARGEST_PAGES = 10
BROKER = re.compile(r"^(?:\S+ \S+ )?\[\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[,.]\d{3})?\] ([A-Z]{2,10})(?: |$)")
LEVELS = {"INFO": "info", "WARN": "warn", "ERROR": "error", "FATAL": "error", "TRACE": "log", "DEBUG": "log"}


def lines(name):
    with gzip.open(f"{sys.argv[1]}/{name}", "rt", encoding="utf-8", errors="replace") as file:
        yield from file


def apache():
    by_status, by_day, errors_by_hour = (collections.Counter() for _ in range(3))
    pages = collections.defaultdict(list)
    for line in lines("apache_access.log.gz"):
        match = ACCESS.match(line)
        moment = datetime.datetime.strptime(match[2], "%d/%b/%Y:%H:%M:%S %z").astimezone(UTC)
        by_status[match[4]] += 1
        by_day[moment.strftime("%Y-%m-%d")] += 1
        if int(match[4]) >= 400:
            errors_by_hour[moment.strftime("%Y-%m-%dT%H:00:00Z")] += 1
        if match[5] != "-":
            pages[PAGE.match(match[3])[1]].append(int(match[5]))
    return {"by_status": by_status, "by_day": by_day, "errors_by_hour": errors_by_hour, "by_page": by_page(pages)}


def by_page(pages):
    """The pages with the most samples and the rest: number of samples, 50th, 75th and 95th percentile by nearest rank."""
    ordered = sorted(pages, key=lambda page: (-len(pages[page]), page.encode()))
    others = ordered[LARGEST_PAGES:]
    return {
        "largest": [[page, *summary(pages[page])] for page in ordered[:LARGEST_PAGES]],
        "rest": [len(others), *summary([size for page in others for size in pages[page]])],
    }


def summary(sizes):
    ascending = sorted(sizes)
    return [len(sizes), *(ascending[-(-percent * len(sizes) // 100) - 1] for percent in (50, 75, 95))]


def kafka():
    return collections.Counter(
        LEVELS[match[1]] for match in map(BROKER.match, lines("kafka_runtime.log.gz")) if match
    )


def train_ticket():
    services = collections.defaultdict(collections.Counter)
    for row in csv.DictReader(lines("trainticket_errors.csv.gz")):
        seconds = int(row["ts_ns"]) // 10**9
        if seconds >= 0:
            hour = datetime.datetime.fromtimestamp(seconds - seconds % 3600, UTC)
            services[row["service"]][hour.strftime("%Y-%m-%dT%H:00:00Z")] += 1
    return services


json.dump(
    {"apache": apache(), "kafka": kafka(), "train_ticket": train_ticket()}, sys.stdout, indent=1, sort_keys=True
)
print()

#!/usr/bin/env python3
"""Recomputes what the executions endpoints must say of upptime_checks.csv.gz, from the file alone.

    expected_executions.py deploy/local/src/main/resources/samples/upptime_checks.csv.gz \
        > org-analytics-service/src/test/resources/expected/upptime_executions.csv

A site is a workspace, a check an execution; "up" and "degraded" are successes. Series end at NOW. Buckets without an
execution are left out: the test knows that they are zero.
"""
import collections
import csv
import datetime
import gzip
import sys
import zoneinfo

UTC = datetime.timezone.utc
NOW = datetime.datetime(2026, 8, 10, 15, 30, tzinfo=UTC)
DAYS, HOURS = 90, 48
DAILY_ZONES = ["UTC", "America/Denver"]
HOURLY_ZONES = ["Asia/Kolkata"]


def day_start(moment, zone):
    local = moment.astimezone(zone)
    return datetime.datetime(local.year, local.month, local.day, tzinfo=zone)


def hour_start(moment, zone):
    local = moment.astimezone(zone)
    return (local - datetime.timedelta(minutes=local.minute, seconds=local.second)).astimezone(UTC)


def wire(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


checks = []
with gzip.open(sys.argv[1], "rt", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        time = datetime.datetime.strptime(row["ts_utc"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        checks.append((row["site_slug"], time, row["status"] in ("up", "degraded")))

expected = collections.Counter()
for site, time, good in checks:
    expected["success" if good else "failed", "", site, ""] += 1
for name in DAILY_ZONES:
    zone = zoneinfo.ZoneInfo(name)
    today = NOW.astimezone(zone).date()
    first = today - datetime.timedelta(days=DAYS - 1)
    for site, time, _ in checks:
        if first <= time.astimezone(zone).date() <= today:
            expected["daily", name, site, wire(day_start(time, zone))] += 1
for name in HOURLY_ZONES:
    zone = zoneinfo.ZoneInfo(name)
    end = hour_start(NOW, zone) + datetime.timedelta(hours=1)
    for site, time, _ in checks:
        if end - datetime.timedelta(hours=HOURS) <= time < end:
            expected["hourly", name, site, wire(hour_start(time, zone))] += 1

out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["measure", "zone", "workspace", "timestamp", "value"])
for key in sorted(expected):
    out.writerow([*key, expected[key]])

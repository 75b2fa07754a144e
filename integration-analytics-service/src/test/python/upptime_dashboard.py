"""Works out the dashboard's answers over the sample of site checks, with Python's standard library alone.

Run it in this module's directory; it rewrites src/test/resources/upptime/expected.json, which UpptimeTest holds the
service's answers against.
"""

import csv
import gzip
import json
from collections import defaultdict
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from math import ceil
from zoneinfo import ZoneInfo

SAMPLE = "../deploy/local/src/main/resources/samples/upptime_checks.csv.gz"
EXPECTED = "src/test/resources/upptime/expected.json"

QUESTIONS = [
    {"granularity": "week", "start_date": "2026-05-10", "end_date": "2026-08-10"},
    {"granularity": "day", "start_date": "2026-06-01", "end_date": "2026-06-30"},
    {"granularity": "day", "start_date": "2026-07-01", "end_date": "2026-07-31", "integration_key": "curc-xd-mo-d-alpine-utilization-threshold"},
    {"start_date": "2026-06-10", "end_date": "2026-06-12"},
    {"granularity": "hour", "start_date": "2026-06-10", "end_date": "2026-06-11", "tz": "Asia/Kolkata"},
    {"granularity": "day", "start_date": "2026-06-01", "end_date": "2026-06-30", "slug": "check"},
    {"granularity": "day", "start_date": "2026-05-01", "end_date": "2026-05-12"},
    {"granularity": "day", "start_date": "2026-09-01", "end_date": "2026-09-03"},
]


def checks():
    with gzip.open(SAMPLE, "rt", newline="") as sample:
        for row in csv.DictReader(sample):
            up = row["status"] in ("up", "degraded")
            yield {
                "time": datetime.fromisoformat(row["ts_utc"]).replace(tzinfo=timezone.utc),
                "integration_key": row["site_slug"],
                "mode": "vendor_api",
                "slug": "check",
                "outcome": "success" if up else "exception" if row["http_code"] == "0" else "vendor_error",
                "error_category": "" if up else row["http_code"],
                "latency": int(row["latency_ms"]),
            }


def rounded(number):
    """Two decimals, half up, away from zero."""
    if number is None:
        return None
    hundredths = abs(Fraction(number)) * 100
    whole = (2 * hundredths.numerator + hundredths.denominator) // (2 * hundredths.denominator)
    return float(Fraction(whole if number >= 0 else -whole, 100))


def rate(rows):
    return Fraction(100 * sum(r["outcome"] == "success" for r in rows), len(rows)) if rows else None


def average(rows):
    return Fraction(sum(r["latency"] for r in rows), len(rows)) if rows else None


def percentile(rows, percent):
    ordered = sorted(r["latency"] for r in rows)
    return Fraction(ordered[ceil(Fraction(percent * len(ordered), 100)) - 1]) if rows else None


def outcomes(rows):
    counts = {o: sum(r["outcome"] == o for r in rows) for o in ("success", "vendor_error", "exception")}
    return {
        "successful": counts["success"],
        "vendor_errors": counts["vendor_error"],
        "exceptions": counts["exception"],
    }


def summary(now, before):
    if not now and not before:
        return []
    row = {}
    measures = {
        "invocations": (len, False),
        "failures": (lambda rows: sum(r["outcome"] != "success" for r in rows), False),
        "success_rate_pct": (rate, True),
        "avg_latency_ms": (average, True),
        "p95_latency_ms": (lambda rows: percentile(rows, 95), True),
    }
    for name, (measure, shown_rounded) in measures.items():
        current, previous = measure(now), measure(before)
        row["current_" + name] = rounded(current) if shown_rounded else current
        row["previous_" + name] = rounded(previous) if shown_rounded else previous
        comparable = current is not None and previous
        row["pct_change_" + name] = rounded(Fraction(100) * (current - previous) / previous) if comparable else None
    return [row]


def buckets(granularity, zone, start, end):
    """Starts of the buckets that touch the days, and the function that finds a time's bucket."""

    def midnight(day):
        return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(timezone.utc)

    if granularity == "hour":
        first, last, step = midnight(start), midnight(end + timedelta(1)), timedelta(hours=1)
        starts = [first + n * step for n in range((last - first) // step)]
        return starts, lambda time: first + (time - first) // step * step
    if granularity == "day":
        days = [start + timedelta(n) for n in range((end - start).days + 1)]
        return [midnight(d) for d in days], lambda time: midnight(time.astimezone(zone).date())

    def monday(day):
        return day - timedelta(day.weekday())

    weeks = sorted({monday(start + timedelta(n)) for n in range((end - start).days + 1)})
    return [midnight(w) for w in weeks], lambda time: midnight(monday(time.astimezone(zone).date()))


def groups(rows, key):
    members = defaultdict(list)
    for row in rows:
        members[row[key]].append(row)
    return sorted(members.items(), key=lambda group: (-len(group[1]), group[0]))


def by(rows, key):
    return [
        {
            key: name,
            "invocations": len(members),
            **outcomes(members),
            "success_rate_pct": rounded(rate(members)),
            "p95_latency_ms": rounded(percentile(members, 95)),
        }
        for name, members in groups(rows, key)
    ]


def envelope(everything, question):
    zone = ZoneInfo(question.get("tz", "UTC"))
    start, end = (date.fromisoformat(question[name]) for name in ("start_date", "end_date"))
    length = end - start + timedelta(1)
    rows = [
        r
        for r in everything
        if all(question.get(name, r[name]) == r[name] for name in ("integration_key", "mode", "slug"))
    ]

    def within(first, last):
        return [r for r in rows if first <= r["time"].astimezone(zone).date() <= last]

    now, before = within(start, end), within(start - length, start - timedelta(1))
    starts, bucket_of = buckets(question.get("granularity", "hour"), zone, start, end)
    members = {s: [] for s in starts}
    for row in now:
        members[bucket_of(row["time"])].append(row)
    usage, success_rate, latency = [], [], []
    for bucket, inside in members.items():
        head = {"time_bucket": bucket.strftime("%Y-%m-%dT%H:%M:%SZ"), "invocations": len(inside)}
        usage.append({**head, **outcomes(inside)})
        successful = outcomes(inside)["successful"]
        success_rate.append({**head, "successful": successful, "success_rate_pct": rounded(rate(inside) or 0)})
        percentiles = {f"p{p}_ms": rounded(percentile(inside, p) or 0) for p in (50, 90, 95, 99)}
        greatest = {"avg_ms": rounded(average(inside) or 0), "max_ms": rounded(percentile(inside, 100) or 0)}
        latency.append({**head, **percentiles, **greatest})
    failed = [r for r in now if r["outcome"] != "success"]
    return {
        "summary": summary(now, before),
        "usage": usage,
        "success_rate": success_rate,
        "latency": latency,
        "by_integration": by(now, "integration_key"),
        "by_mode": by(now, "mode"),
        "error_breakdown": [
            {"error_category": c, "count": len(m), "share_pct": rounded(Fraction(100 * len(m), len(failed)))}
            for c, m in groups(failed, "error_category")
        ],
    }


if __name__ == "__main__":
    everything = list(checks())
    cases = [{"question": q, "envelope": envelope(everything, q)} for q in QUESTIONS]
    with open(EXPECTED, "w") as expected:
        json.dump(cases, expected, separators=(",", ":"))
        expected.write("\n")

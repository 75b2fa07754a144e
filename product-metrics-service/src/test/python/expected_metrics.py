#!/usr/bin/env python3
"""Recomputes every metric of two real recordings, for SamplesTest.

    python3 expected_metrics.py SAMPLES OUT

reads online_retail_abroad.csv.gz and aider_events.jsonl.gz from the directory SAMPLES and writes OUT/online_retail.txt
and OUT/aider.txt: a line a value, led by the endpoint's name. Nothing but the standard library, days in UTC.
"""
import csv
import gzip
import json
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

GAP_MILLIS = 30 * 60 * 1000
DAY_MILLIS = 24 * 60 * 60 * 1000
EPOCH = date(1970, 1, 1)


def retail(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for number, line in enumerate(csv.DictReader(file)):
            if line["CustomerID"]:
                moment = datetime.strptime(line["InvoiceDate"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)
                yield dict(number=number, millis=int(moment.timestamp()) * 1000, user=line["CustomerID"],
                           session=line["InvoiceNo"], call=True, feature=line["StockCode"], country=line["Country"])


def aider(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            event = json.loads(line)
            name = event["event"]
            command = name.startswith("command_")
            yield dict(number=number, millis=int(Decimal(str(event["time"])) * 1000), user=event.get("user_id") or "",
                       session="", call=command or name == "message_send", feature=name if command else "", country="")


def rounded(dividend, divisor):
    if divisor == 0:
        return "0"
    value = (Decimal(dividend) / Decimal(divisor)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return format(value.normalize(), "f")


def day_of(millis):
    return EPOCH + timedelta(days=millis // DAY_MILLIS)


def sessions_of(events):
    named, unnamed = defaultdict(list), defaultdict(list)
    for event in events:
        if event["session"]:
            named[event["session"]].append(event)
        elif event["user"]:
            unnamed[event["user"]].append(event)
    chains = []
    for pause, group in ((None, named), (GAP_MILLIS, unnamed)):
        for own in group.values():
            own.sort(key=lambda event: event["millis"])
            chain = []
            for event in own:
                if chain and (event["millis"] - chain[0]["millis"] >= DAY_MILLIS
                              or pause is not None and event["millis"] - chain[-1]["millis"] > pause):
                    chains.append(chain)
                    chain = []
                chain.append(event)
            chains.append(chain)
    for chain in chains:
        millis = [event["millis"] for event in chain]
        yield min(millis), max(millis), {event["feature"] for event in chain if event["feature"]}


def answers(events):
    first, last = day_of(min(e["millis"] for e in events)), day_of(max(e["millis"] for e in events))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    yield f"window {first} {last}"

    active, calls, born = defaultdict(set), Counter(), {}
    for event in events:
        day = day_of(event["millis"])
        calls[day] += event["call"]
        if event["user"]:
            active[day].add(event["user"])
            born[event["user"]] = min(day, born.get(event["user"], day))
    cohorts = defaultdict(set)
    for user, day in born.items():
        cohorts[day].add(user)
    lengths, features = defaultdict(list), Counter()
    for start, end, used in sessions_of(events):
        lengths[day_of(start)].append(end - start)
        features.update(used)

    for day in days:
        yield f"dau {day} {len(active[day])}"
        for name, span in (("wau", 7), ("mau", 30)):
            yield f"{name} {day} {len(set().union(*(active[day - timedelta(days=back)] for back in range(span))))}"
        yield f"new-users {day} {len(cohorts[day])}"
        yield f"retention {day} {len(cohorts[day] & active[day + timedelta(days=7)])} {len(cohorts[day])}"
        yield f"tool-calls {day} {calls[day]}"
        yield f"tool-calls-per-user {day} {rounded(calls[day], len(active[day]))}"
        yield f"daily-sessions {day} {len(lengths[day])}"
        yield f"session-length {day} {rounded(sum(lengths[day]), len(lengths[day]) * 1000)}"

    newest = {}
    for event in events:
        if event["user"]:
            newest[event["user"]] = max(newest.get(event["user"], (0, 0, "")),
                                        (event["millis"], event["number"], event["country"]))
    for country, users in sorted(Counter(value[2] for value in newest.values()).items(), key=lambda g: (-g[1], g[0])):
        yield f"users-by {country} {users}"

    busy = Counter(event["user"] for event in events if event["user"] and event["call"])
    power = sum(1 for count in busy.values() if count >= 10)
    yield f"power-users {len(born)} {power} {rounded(100 * power, len(born))}"

    total = sum(len(day) for day in lengths.values())
    for feature, count in sorted(features.items(), key=lambda f: (-f[1], f[0].encode()))[:50]:
        yield f"feature-adoption {feature} {count} {total} {rounded(100 * count, total)}"


def main(samples, out):
    for name, events in (("online_retail", retail(samples / "online_retail_abroad.csv.gz")),
                         ("aider", aider(samples / "aider_events.jsonl.gz"))):
        (out / f"{name}.txt").write_text("".join(line + "\n" for line in answers(list(events))), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

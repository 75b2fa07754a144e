#!/usr/bin/env python3
"""What the other samples must come to, worked out from the raw files without any of Quarry's code.

usage: expected_others.py KIND FILE.gz > ../resources/expected/KIND.csv
       KIND is aider, apache-access, kafka-runtime, train-ticket or uptime-checks

Every line is `measure,key,value`, sorted.
"""
import collections
import csv
import datetime
import gzip
import json
import re
import sys


def day_of(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d")


def aider(file, count):
    users = collections.defaultdict(set)
    last, ended = {}, {}
    for line in file:
        event = json.loads(line)
        user, name, time = event["user_id"], event["event"], event["time"]
        if not user:
            continue
        day = day_of(time)
        users[day].add(user)
        if name == "message_send" or name.startswith("command_"):
            count["tool calls by day", day] += 1
            count["tool calls by tool", name] += 1
        if name == "launched" or user not in last or ended[user] or time - last[user] >= 30 * 60:
            count["sessions by first day", day] += 1
        last[user], ended[user] = time, name == "exit"
    for day, active in users.items():
        count["users by day", day] = len(active)


def apache_access(file, count):
    for line in file:
        # As awk cuts it: the client, two dashes, time, zone, the request's three words, the status.
        words = line.split(" ")
        date = datetime.datetime.strptime(words[3][1:12], "%d/%b/%Y").strftime("%Y-%m-%d")
        method, target, status = words[5].lstrip('"'), words[6], words[8]
        count["requests by day and status", f"{date} {status}"] += 1
        count["requests by method", method] += 1
        if status >= "400":
            count["errors by day and type", f"{date} http_{status}"] += 1
        name = re.split(r"[?#;]", target)[0].rsplit("/", 1)[-1]
        extension = name.rsplit(".", 1)[1].lower() if "." in name else ""
        pages = ("", "html", "htm", "xhtml", "shtml", "php", "asp", "aspx", "jsp", "do")
        if method == "GET" and (status[0] == "2" or status == "304") and extension in pages:
            count["pageviews by day", date] += 1


def kafka_runtime(file, count):
    levels = {"TRACE": "log", "DEBUG": "log", "INFO": "info", "WARN": "warn", "ERROR": "error", "FATAL": "error"}
    current = {}
    for line in file:
        broker, log, rest = line.rstrip("\n").split(" ", 2)
        entry = re.match(r"\[(\d{4}-\d\d-\d\d) [\d:,]+\] ([A-Z]+) (.*)$", rest)
        if entry:
            day, level = entry[1], levels[entry[2]]
            current[broker, log] = level
            count["entries by day and level", f"{day} {level}"] += 1
            count["characters by level", level] += len(entry[3])
        else:
            # A line break and the line belong to the entry before.
            count["characters by level", current[broker, log]] += 1 + len(rest)
            count["line breaks", "all"] += 1


def train_ticket(file, count):
    for row in csv.DictReader(file):
        seconds = int(row["ts_ns"]) // 10**9
        if seconds >= 0:
            hour = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d %H")
            count["errors by app", row["service"]] += 1
            count["errors by hour", hour] += 1


def uptime_checks(file, count):
    for row in csv.DictReader(file):
        day, site, up = row["ts_utc"][:10], row["site_slug"], row["status"] in ("up", "degraded")
        outcome = "success" if up else "exception" if row["http_code"] == "0" else "vendor_error"
        count["invocations by day and outcome", f"{day} {outcome}"] += 1
        count["invocations by integration", site] += 1
        count["latency by integration", site] += int(row["latency_ms"])
        count["executions by day and status", f"{day} {'success' if up else 'failed'}"] += 1
        if not up:
            count["failures by category", row["http_code"]] += 1


kinds = {
    "aider": aider,
    "apache-access": apache_access,
    "kafka-runtime": kafka_runtime,
    "train-ticket": train_ticket,
    "uptime-checks": uptime_checks,
}
counts = collections.Counter()
with gzip.open(sys.argv[2], "rt", encoding="utf-8", newline="\n") as raw:
    kinds[sys.argv[1]](raw, counts)
print("measure,key,value")
for (measure, key), value in sorted(counts.items()):
    print(f"{measure},{key},{value}")

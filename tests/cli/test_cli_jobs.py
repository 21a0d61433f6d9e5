"""jobs, care and worker at the command line, in both languages, and what they refuse."""

import os
import signal
import subprocess
import sys

import pytest


def test_jobs_are_shown_tried_again_and_cancelled(ana):
    assert "no such jobs" in ana("jobs").err
    ana("care", "run", "condensation", "--later")
    (job,) = ana("jobs", "--json").json["jobs"]
    assert (job["state"], job["kind"], job["options"]) == ("queued", "care", {"task": "condensation"})
    assert job["id"] in ana("jobs").out
    assert "care condensation" in ana("jobs", "show", job["id"]).out
    assert "cancelled" in ana("jobs", "cancel", job["id"]).out
    assert ana("jobs", "--state", "cancelled", "--json").json["jobs"][0]["id"] == job["id"]
    assert "排队中" in ana("jobs", "retry", job["id"], "--lang", "zh").out
    assert ana("worker", "--once", "--kinds", "care", "--json").json == {"care.done": 1}
    assert ana("jobs", "retry", job["id"], "--json", code=2).error["code"] == "conflict"
    ana("use", "--user", "ben")
    assert ana("jobs", "show", job["id"], "--json", code=3).error["code"] == "not_found"
    assert ana("jobs", "show", job["id"], "--all", "--json").json["state"] == "done"


def test_care_says_what_there_is_and_when_it_runs(ana):
    for lang, said in (("en", "drops finished jobs"), ("zh", "清理已结束的作业")):
        assert said in ana("care", "--lang", lang).out
    plan = ana("care", "schedule", "--set", "care.schedule=nonsense every 1h", "--json").json
    assert {"task": "nonsense", "available": False}.items() <= plan[-1].items()
    assert "not in this version" in ana("care", "schedule", "--set", "care.schedule=nonsense every 1h").out
    assert "care.preset is off" in ana("care", "schedule", "--set", "care.preset=off").err
    assert ana("care", "run", "housekeeping", "--all", "--json").json[0]["state"] == "done"


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("jobs", "show"), 2, "invalid_input"),
        (("jobs", "list", "job_1"), 2, "invalid_input"),
        (("jobs", "explode"), 2, "invalid_option"),
        (("jobs", "--state", "asleep"), 2, "invalid_option"),
        (("jobs", "show", "job_1"), 3, "not_found"),
        (("care", "run"), 2, "invalid_input"),
        (("care", "list", "profiles"), 2, "invalid_input"),
        (("care", "run", "nonsense"), 2, "invalid_option"),
        (("care", "run", "housekeeping"), 2, "invalid_option"),
        (("care", "schedule", "--set", "care.preset=hourly"), 5, "invalid_setting"),
        (("care", "schedule", "--set", "care.schedule=now"), 5, "invalid_setting"),
        (("worker", "--once", "--kinds", "nonsense"), 2, "invalid_option"),
        (("worker", "--once", "--set", "care.time_zone=Mars"), 5, "invalid_setting"),
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(ana, words, code, error):
    refused = ana(*words, "--json", code=code).error
    assert refused["code"] == error
    assert refused["fix"]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_worker_works_until_it_is_told_to_end(ana):
    ana("care", "run", "condensation", "--later")
    process = subprocess.Popen(
        [sys.executable, "-m", "fusion_memory.cli", "worker"],
        env={**os.environ, **ana.environment, "LC_ALL": "C.UTF-8"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "Working on" in process.stderr.readline()
    while ana("jobs", "--json").json["jobs"][0]["state"] != "done":
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert "given back" in process.communicate(timeout=60)[1]
    assert process.returncode == 0

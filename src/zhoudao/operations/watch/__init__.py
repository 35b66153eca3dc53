"""Watching the platform: requests and logs, numbers for machines, words for people, and alarms.

    requests.py   a number for each request, its line in the log, and how long it took
    logs.py       log lines as JSON, with the request's number and no personal data
    reading.py    the vital signs of every room, read one after the other
    metrics.py    /metrics, added up over the web processes
    alarms.py     what turned bad is told to the administrators, once
"""

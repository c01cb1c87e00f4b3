#!/usr/bin/env python3
"""Stands in for the server of Weights & Biases in tests: a small part of its GraphQL API.

usage: wandb_server.py LOG

Prints its port. What is posted to /faults, words, is the faults to come. The project is team/ladder, with three runs, listed two a page. Each fault spoils one request, in
order, and "ok" leaves one alone; without more of them all is well:
  429, 500, 503  that status, with a short Retry-After
  broken         JSON that ends too early, as if it were whole
  half           half of the body that Content-Length promises, then the connection is closed
  short          whole JSON with half of a page's rows
  close          the connection is closed without an answer
  denied         GraphQL's error for what may not be read
Every request is a line of LOG. A key is asked for, and comes back among a run's settings, as with people who log
their environment.
"""

import base64
import http.server
import json
import sys

LOG = sys.argv[1]
FAULTS = []
STEPS_A_ROW = 10
RUNS = [("r1", "190M-1xC", 25_000), ("r2", "370M-1xC", 900), ("r3", "broken-try", 50)]


def rows(last_step, number):
    for step in range(0, last_step + 1, STEPS_A_ROW):
        row = {"_step": step, "_runtime": step * 0.5, "train/loss": 3 + 100 / (step + 20) + number}
        if step % 1000 == 0:
            row["eval/acc"] = step / 1e5
        if step == 500:
            row["train/loss"] = "NaN"
            row["picture"] = {"_type": "image-file", "path": "media/x.png"}
        yield row


def run_node(number, key):
    name, display_name, last_step = RUNS[number]
    config = {"optimizer": {"value": {"learning_rate": 0.004, "name": "adamw"}, "desc": None},
              "global_train_batch_size": {"value": 64}, "max_sequence_length": {"value": 2048},
              "environment": {"value": {"WANDB_API_KEY": key}}, "_wandb": {"value": {"x": 1}}}
    return {"name": name, "displayName": display_name, "state": "finished", "config": json.dumps(config),
            "historyLineCount": last_step // STEPS_A_ROW + 1, "historyKeys": {"lastStep": last_step, "keys": {}}}


def answer(query, variables, key, is_short):
    if (variables["entity"], variables["project"]) != ("team", "ladder"):
        return {"project": None}
    names = [name for name, _, _ in RUNS]
    if "runs(" in query:
        begin = int(variables.get("cursor") or 0)
        edges = [{"node": run_node(i, key), "cursor": str(i + 1)} for i in range(begin, min(begin + 2, len(RUNS)))]
        info = {"endCursor": str(begin + 2), "hasNextPage": begin + 2 < len(RUNS)}
        return {"project": {"runs": {"edges": edges, "pageInfo": info}}}
    if variables["run"] not in names:
        return {"project": {"run": None}}
    number = names.index(variables["run"])
    if "history(" not in query:
        return {"project": {"run": run_node(number, key)}}
    page = [json.dumps(row) for row in rows(RUNS[number][2], number)
            if variables["minStep"] <= row["_step"] < variables["maxStep"]]
    if is_short:
        page = page[: len(page) // 2]
    return {"project": {"run": {"history": page[: variables["pageSize"]]}}}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/faults":
            FAULTS[:] = body.decode().split()
            return self.send(200, "")
        body = json.loads(body)
        user = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        fault = FAULTS.pop(0) if FAULTS else "ok"
        with open(LOG, "a") as log:
            log.write(json.dumps({"path": self.path, "fault": fault, "variables": body["variables"]}) + "\n")
        if not user.startswith("api:") or len(user) < 20:
            return self.send(401, "no key")
        if fault == "close":
            return self.connection.close()
        if fault.isdigit():
            return self.send(int(fault), "busy", {"Retry-After": "0.01"})
        if fault == "denied":
            return self.send(200, json.dumps({"errors": [{"message": f"permission denied for {user}"}], "data": None}))
        text = json.dumps({"data": answer(body["query"], body["variables"], user[4:], fault == "short")})
        if fault == "broken":
            return self.send(200, text[: len(text) // 2])
        if fault == "half":
            self.send(200, text[: len(text) // 2], {"Content-Length": str(len(text))})
            return self.connection.close()
        return self.send(200, text)

    def send(self, status, text, headers=None):
        headers = {"Content-Length": str(len(text.encode())), "Content-Type": "application/json", **(headers or {})}
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())
        self.wfile.flush()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):  # a connection that was closed on purpose
        pass


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()

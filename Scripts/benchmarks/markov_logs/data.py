"""Writes a log of about N turns as JSON lines: FOLDER/log.jsonl. Requests are drawn from a few thousand texts with Zipf
popularity; failures are said again."""

import json
import random
import sys

folder, turns = sys.argv[1], int(sys.argv[2])
draw = random.Random(1)
count = 4000
texts = [f"play {a} {b} number {k}" for k, (a, b) in enumerate(
    (draw.choice(["the", "some", "my", "that"]), draw.choice(["song", "film", "book", "station", "list"]))
    for _ in range(count))]
quality = [draw.choice([0.05, 0.2, 0.5, 0.9, 0.95]) for _ in range(count)]
# Rephrases stay within groups of 16 texts, as those of one goal do.
better = [[16 * (k // 16) + draw.randrange(16) for _ in range(3)] for k in range(count)]
weights = [1 / (k + 1) ** 0.9 for k in range(count)]
pool = draw.choices(range(count), weights, k=1_000_000)
written = session = 0
time = 1_767_571_200_000
with open(f"{folder}/log.jsonl", "w", buffering=1 << 22) as file:
    while written < turns:
        state = pool[draw.randrange(1_000_000)]
        customer = draw.randrange(5000)
        for turn in range(5):
            time += draw.randrange(3000, 9000)
            good = draw.random() < quality[state]
            last = good or turn == 4 or draw.random() < 0.4
            outcome = ("success" if good else "failure") if last else ""
            file.write(
                f'{{"session": {session}, "turn": {turn}, "customer": {customer}, "time": {time}, '
                f'"said": {json.dumps(texts[state])}, "status": "{"done" if good else "unknown"}", '
                f'"asr_confidence": 0.{draw.randrange(100, 999)}, "outcome": "{outcome}"}}\n')
            written += 1
            if last:
                break
            state = draw.choice(better[state])
        session += 1

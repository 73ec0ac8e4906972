"""Runs under a Python with ipykernel: answers each line ``N`` with the seconds of N round trips of ``1+1``."""

import json
import sys
import time

from jupyter_client.manager import start_new_kernel

manager, client = start_new_kernel()
client.execute_interactive("1+1", output_hook=lambda _message: None)
print("ready", flush=True)
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        started = time.perf_counter()
        client.execute_interactive("1+1", output_hook=lambda _message: None)
        times.append(time.perf_counter() - started)
    print(json.dumps(times), flush=True)
client.stop_channels()
manager.shutdown_kernel(now=True)

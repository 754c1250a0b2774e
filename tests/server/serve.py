"""Serves the small model on loopback until it is killed: ``python -m tests.server.serve``; prints its address."""

import threading

import xllamacpp

from tests.server.fetch import MODEL

CONTEXT_TOKENS = 4096
MOST_TOKENS = 220


def main() -> None:
    """Serve with one thread and a fixed seed, so that the same request gets the same answer."""
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(MODEL)
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = CONTEXT_TOKENS
    parameters.n_parallel = 1
    parameters.n_predict = MOST_TOKENS
    parameters.cpuparams.n_threads = 1
    parameters.cpuparams_batch.n_threads = 2
    parameters.sampling.temp = 0
    parameters.sampling.seed = 1
    parameters.warmup = False
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()

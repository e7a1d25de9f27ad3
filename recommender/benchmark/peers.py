"""What the service is measured against: ``python -m recommender.benchmark.peers constant|flat PATH``.

Two FastAPI routes under uvicorn as `recommender serve` starts it: one that returns constant bytes, and one
that asks FAISS for the nearest vectors at every request.
"""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Response

from recommender.service.serve import address_of, bind
from recommender.store import Store

_LIMIT = 10


def constant(body: bytes) -> FastAPI:
    """``GET /constant`` answers these bytes."""
    app = FastAPI()

    @app.get("/constant")
    async def answer() -> Response:
        return Response(body, media_type="application/json")

    return app


def flat(index: Path) -> FastAPI:
    """``GET /flat/{row}`` answers the ids of the ten nearest of a row of an index by plain vectors."""
    import faiss

    faiss.omp_set_num_threads(1)
    snapshot = Store(index).open_current()
    vectors, ids = snapshot.embedding().vectors, list(snapshot.ids)
    found = faiss.IndexFlatIP(vectors.shape[1])
    found.add(vectors)
    app = FastAPI()

    @app.get("/flat/{row}")
    async def answer(row: int) -> Response:
        _, rows = found.search(vectors[row : row + 1], _LIMIT + 1)
        body = ",".join(f'"{ids[one]}"' for one in rows[0].tolist() if one != row)
        return Response(f"[{body}]", media_type="application/json")

    return app


def main(argv: list[str]) -> int:
    """Serve ``argv[0]`` on a free port until it is ended; the first line says where."""
    kind, path = argv[0], Path(argv[1])
    app = constant(path.read_bytes()) if kind == "constant" else flat(path)
    with bind("127.0.0.1", 0) as listening:
        sys.stdout.write(f"listening on {address_of(listening)}\n")
        sys.stdout.flush()
        config = uvicorn.Config(
            app,
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="off",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            log_level="warning",
        )
        uvicorn.Server(config).run([listening])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""An SNS that takes one access key, and refuses every other."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.sns_answers import answer

TOPIC = "arn:aws:sns:eu-west-1:123456789012:changes"
_REFUSAL = b"""<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code>
<Message>The security token included in the request is invalid.</Message></Error>
<RequestId>1</RequestId></ErrorResponse>"""


@contextmanager
def guarded_sns(key: str) -> Iterator[str]:
    """Yield the URL of one that takes this key."""

    class Handler(BaseHTTPRequestHandler):
        """Answers a client's calls."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Answer a call."""
            form = self.rfile.read(int(self.headers["Content-Length"]))
            is_known = f"Credential={key}/" in self.headers["Authorization"]
            body = answer(form, 1) if is_known else _REFUSAL
            self.send_response(200 if is_known else 403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_facts: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def write_keys(file: Path, key: str) -> None:
    """Have a shared credentials file say this access key."""
    file.write_text(f"[default]\naws_access_key_id = {key}\naws_secret_access_key = secret\n")


def only_in(file: Path) -> dict[str, str]:
    """The variables of a host whose credentials can be in this file and nowhere else."""
    return {
        "AWS_SHARED_CREDENTIALS_FILE": str(file),
        "AWS_CONFIG_FILE": str(file.with_name("no-config")),
        "AWS_EC2_METADATA_DISABLED": "true",
    }

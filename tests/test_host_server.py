"""xlwings Server: the real server on loopback, called as its JavaScript does, and once from a browser."""

from __future__ import annotations

import contextlib
import html
import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from calls import CALLS, Call
from office_calls import assert_same, body, environment, expected
from programs import absent, needs
from shared import TOKEN

from xlwings_udfs import AMZN_FCF
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.wheel import write_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CALL = "/xlwings/custom-functions-call"
HEAD = f"POST {CALL} HTTP/1.1\r\nHost: x\r\nAuthorization: {TOKEN}\r\nContent-Type: application/json\r\n"
PATIENCE = 60
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OFFICE = """
const functions = {};
const context = {
  application: {
    calculate() {},
    cultureInfo: { name: "en-US", load() {}, datetimeFormat: { shortDatePattern: "m/d/yyyy", load() {} } },
  },
  workbook: { name: "Book1.xlsx", load() {} },
  async sync() {},
};
globalThis.Office = {
  async onReady(then) { if (then) then({}); return {}; },
  actions: { associate() {} },
  context: { requirements: { isSetSupported: () => true } },
};
globalThis.Excel = {
  CalculationType: { full: "Full" }, RequestContext: function () { return context; },
  run: (then) => then(context),
};
globalThis.CustomFunctions = {
  associate: (name, called) => { functions[name] = called; },
  Error: class extends Error { constructor(code, message) { super(message); } },
  ErrorCode: { invalidValue: "#VALUE!" },
};
async function cell(name, ...values) {
  try {
    return await functions[name](...values, { address: "Sheet1!A1" });
  } catch (error) {
    return `#VALUE! ${error.message}`;
  }
}
window.addEventListener("load", async () => {
  const answers = { names: Object.keys(functions) };
  answers.before = await cell("AMZN_FCF", [[2026]], [["bull"]], null, null);
  const form = document.getElementById("amzn-fcf-token");
  form.elements.token.value = "TOKEN";
  form.requestSubmit();
  answers.bull = await cell("AMZN_FCF", [[2026]], [["bull"]], null, null);
  answers.column = await cell("AMZN_FCF", [[2025], [1850]], null, "after_leases", null);
  answers.unknown = await cell("AMZN_LINE", [["no_such_line"]], null, null, null);
  const place = document.createElement("pre");
  place.id = "answers";
  place.textContent = JSON.stringify(answers);
  document.body.append(place);
});
"""


@dataclass(frozen=True)
class Answer:
    """An answer of the server."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:  # noqa: ANN401  # whatever the server says
        return json.loads(self.text)


@dataclass(frozen=True)
class Server:
    """The server of a project folder that listens on loopback."""

    port: int
    folder: Path
    log: Path

    def ask(self, method: str, path: str, content: bytes | str | None = None, **headers: str) -> Answer:
        """Return the answer to a request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request(
                method, path, content, {name.replace("_", "-"): value for name, value in headers.items()}
            )
            response = connection.getresponse()
            text = response.read().decode()
            assert "Traceback" not in text
            assert 'File "' not in text
            return Answer(
                response.status, {name.lower(): value for name, value in response.getheaders()}, text
            )

    def post(self, content: bytes | str, token: str | None = f"Bearer {TOKEN}") -> Answer:
        """Return the answer to a call with a body as it is."""
        allowed = {} if token is None else {"Authorization": token}
        return self.ask("POST", CALL, content, Content_Type="application/json", **allowed)

    def call(self, name: str, *arguments: object, **changed: object) -> Answer:
        """Return the answer to a call as the generated JavaScript makes it, with keys of its body changed."""
        return self.post(json.dumps({**body(name, arguments), **changed}))


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    needs(request, "xlwings_server")
    with running_server(tmp_path_factory.mktemp("host")) as found:
        yield found


@contextlib.contextmanager
def running_server(out: Path) -> Iterator[Server]:
    """Start the server of a new project folder on a free port of loopback; stop it at the end."""
    folder = out / "server"
    write_project("server", folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = Server(port, folder, folder.parent / "log")
    command = [sys.executable, "-m", "uvicorn", "amzn_server:app", "--host", "127.0.0.1", "--port", str(port)]
    with (
        found.log.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            command, cwd=folder, env=environment(AMZN_FCF_TOKEN=TOKEN), stdout=log, stderr=log
        ) as process,
    ):
        try:
            _wait_for(found, process)
            yield found
        finally:
            process.terminate()


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            server.ask("GET", "/")
            return
        time.sleep(0.1)
    pytest.fail(f"the server did not start: {server.log.read_text(encoding='utf-8')}")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"AMZN_FCF_TOKEN": TOKEN, "XLWINGS_LICENSE_KEY": ""}, "XLWINGS_LICENSE_KEY is missing"),
        ({"AMZN_FCF_TOKEN": TOKEN, "XLWINGS_LICENSE_KEY": "wrong"}, "XLWINGS_LICENSE_KEY: Invalid"),
        ({}, "AMZN_FCF_TOKEN is missing or short"),
        ({"AMZN_FCF_TOKEN": "short"}, "AMZN_FCF_TOKEN is missing or short"),
        ({"AMZN_FCF_TOKEN": TOKEN, "XLWINGS_AUTH_PROVIDERS": "[]"}, "authentication is off"),
        ({"AMZN_FCF_TOKEN": TOKEN, "XLWINGS_ENABLE_SOCKETIO": "true"}, "enable_socketio"),
    ],
)
def test_it_does_not_start_without_what_keeps_it_closed(
    more: dict[str, str], said: str, server: Server, request: pytest.FixtureRequest
) -> None:
    needs(request, "xlwings_server")
    found = refusal(server, ["-c", "import amzn_server"], **more)
    assert found.splitlines()[-1].startswith(said)
    assert "Traceback" not in found


def test_it_does_not_start_without_its_guard(server: Server) -> None:
    line = ["-m", "uvicorn", "xlwings_server.main:main_app", "--host", "127.0.0.1", "--port", "0"]
    said = refusal(server, line, AMZN_FCF_TOKEN=TOKEN)
    assert "start this server with: uvicorn amzn_server:app" in said


def refusal(server: Server, arguments: list[str], **variables: str) -> str:
    """Return what a server says that does not start."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=server.folder, env=environment(**variables),
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode
    return done.stderr


def test_office_reads_names_descriptions_and_choices(server: Server) -> None:
    found = server.ask("GET", "/xlwings/custom-functions-meta").json
    functions = {each["name"]: each for each in found["functions"]}
    assert set(functions) == set(FUNCTIONS)
    assert functions["AMZN_FCF"]["description"].startswith(
        "Free cash flow of Amazon, USD m. Example: AMZN_FCF(2026,"
    )
    choices = {each["id"]: [value["stringValue"] for value in each["values"]] for each in found["enums"]}
    assert choices["AMZN_INFLECTION.EVENT"] == ["trough", "turn", "positive", "recross", "intensity_peak"]


def test_the_javascript_associates_every_function(server: Server) -> None:
    code = server.ask("GET", "/xlwings/custom-functions-code").text
    assert set(re.findall(r'CustomFunctions\.associate\("(\w+)"', code)) == set(FUNCTIONS)
    assert CALL in code


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_every_function_answers_as_python_does(server: Server, call: Call) -> None:
    wanted, answer = expected(*call), server.call(call.name, *call.arguments)
    if isinstance(wanted, str):
        assert (answer.status, answer.text) == (400, wanted)
    else:
        assert answer.status == 200
        assert_same(answer.json["result"], wanted, call.name)


def test_an_error_in_a_cell_stays_one(server: Server) -> None:
    failed = {"type": "Error", "errorType": "Div0", "basicType": "Error", "basicValue": "#DIV/0!"}
    assert server.call("AMZN_FCF", failed).json["result"] == [[{"type": "Error", "errorType": "Div0"}]]
    column = server.call("AMZN_FCF", [[2025], [failed]]).json["result"]
    assert_same(column, [[AMZN_FCF(2025)], [{"type": "Error", "errorType": "Div0"}]], "column")


@pytest.mark.parametrize(
    "token",
    [None, "", "Bearer ", "Bearer wrong", "test-token", "Basic dXNlcjpwYXNz", f"{TOKEN}x", "Bearer \xe9"],
)
def test_who_has_no_token_gets_no_answer(server: Server, token: str | None) -> None:
    answer = server.post(json.dumps(body("AMZN_FCF", [2026])), token)
    assert answer.status == 401
    assert "token" in answer.json["detail"]
    assert TOKEN not in answer.text


def test_the_token_alone_will_do(server: Server) -> None:
    assert server.post(json.dumps(body("AMZN_FCF", [2026])), TOKEN).status == 200


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"func_name": "AMZN_NOTHING"}, 404, "no such function"),
        ({"func_name": "__doc__"}, 404, "no such function"),
        ({"func_name": None}, 400, "func_name"),
        ({"args": None}, 400, "args"),
        ({"args": {}}, 400, "args"),
        ({"args": [None] * 5}, 400, "at most 4 arguments"),
        ({"args": [[]]}, 400, "equal length"),
        ({"args": [[[]]]}, 400, "equal length"),
        ({"args": [[[1], [2, 3]]]}, 400, "equal length"),
        ({"args": [[[[1]]]]}, 400, "equal length"),
        ({"args": [[[{}]]]}, 400, "rich value"),
        ({"args": [[[{"type": "Double", "basicValue": [1]}]]]}, 400, "rich value"),
        ({"runtime": "1.3"}, 400, "too old"),
        ({"runtime": "nan"}, 400, "too old"),
        ({"client": "VBA"}, 400, "too old"),
        ({"version": 1}, 400, "version"),
        ({"caller_address": 7}, 400, "caller_address"),
        ({"args": [[[2026]] * 100_001]}, 413, "100,000 cells"),
    ],
)
def test_a_malformed_call_is_told_what_is_wrong(
    server: Server, changed: dict[str, object], status: int, said: str
) -> None:
    answer = server.call("AMZN_FCF", **changed)
    assert answer.status == status
    assert said in answer.json["detail"]


@pytest.mark.parametrize(
    "content",
    [b"", b"not JSON", b"[]", b'"text"', b"\xff\xfe", b'{"args": NaN}', b"[" * 100_000, b"{}", b"1" * 9999],
)
def test_a_body_that_is_no_call_is_refused(server: Server, content: bytes) -> None:
    assert server.post(content).status == 400


def test_a_large_body_is_refused_before_it_is_read(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as caller:
        head = f"{HEAD}Content-Length: 99999999"
        caller.sendall(f"{head}\r\n\r\n".encode())
        assert caller.recv(100).startswith(b"HTTP/1.1 413")


def test_a_large_body_without_a_length_is_refused(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as caller:
        head = f"{HEAD}Transfer-Encoding: chunked"
        caller.sendall(f"{head}\r\n\r\n".encode())
        with contextlib.suppress(OSError):  # the server may close before it has all
            for _ in range(5):
                caller.sendall(b"100000\r\n" + b" " * 0x100000 + b"\r\n")
        assert caller.recv(100).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"), ("POST", "/xlwings/custom-scripts-call/x"), ("POST", f"{CALL}/"), ("PUT", CALL),
        ("DELETE", "/"), ("GET", "/nothing"),
    ],
)  # fmt: skip
def test_there_is_nothing_but_the_functions(server: Server, method: str, path: str) -> None:
    assert server.ask(method, path, Authorization=TOKEN).status == 404


def test_other_origins_are_not_let_in(server: Server) -> None:
    answer = server.ask("OPTIONS", CALL, Origin="https://example.com", Access_Control_Request_Method="POST")
    assert answer.status == 400
    assert "access-control-allow-origin" not in answer.headers
    call = server.ask(
        "POST", CALL, json.dumps(body("AMZN_FCF", [2026])),
        Content_Type="application/json", Authorization=TOKEN, Origin="https://example.com",
    )  # fmt: skip
    assert "access-control-allow-origin" not in call.headers


def test_a_hundred_callers_get_their_own_answers(server: Server) -> None:
    calls: list[list[Any]] = [
        [
            2026 + number % 9,
            ["base", "bull", "bear", "article"][number % 4],
            None,
            [["aws_growth", 0.1 + number / 1000]],
        ]
        for number in range(100)
    ]
    with ThreadPoolExecutor(max_workers=100) as callers:
        answers = list(callers.map(lambda arguments: server.call("AMZN_FCF", *arguments), calls))
    for arguments, answer in zip(calls, answers, strict=True):
        assert_same(answer.json["result"], [[AMZN_FCF(*arguments)]], str(arguments))


def test_a_range_of_100_000_cells_is_answered(server: Server) -> None:
    found = server.call("AMZN_FCF", [[2026, 1850, "", "x"]] * 25_000).json["result"]
    assert len(found) == 25_000
    not_available = {"type": "Error", "errorType": "NotAvailable"}
    assert_same(found[-1], [AMZN_FCF(2026), not_available, "", found[0][3]], "row")


def test_excel_is_told_where_the_add_in_is(server: Server) -> None:
    manifest = server.ask("GET", "/manifest").text
    assert "<Id>" in manifest
    assert "Functions.Namespace" not in manifest  # cells say =AMZN_FCF(), without a prefix
    assert 'id="amzn-fcf-token"' in server.ask("GET", "/taskpane").text


def test_a_browser_runs_the_served_javascript(
    server: Server, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        absent(request, "chromium is missing: apt-get install chromium")
    assert browser is not None
    office = re.search(r'src="(/static/vendor/office-js/[^"]+)"', server.ask("GET", "/taskpane").text)
    assert office is not None
    stub = server.folder / office[1].removeprefix("/")
    stub.parent.mkdir(parents=True, exist_ok=True)
    stub.write_text(OFFICE.replace("TOKEN", TOKEN), encoding="utf-8")
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}",
        "--virtual-time-budget=30000", "--dump-dom", f"http://127.0.0.1:{server.port}/taskpane",
    ]  # fmt: skip
    page = subprocess.run(command, capture_output=True, text=True, check=True, timeout=2 * PATIENCE)
    found = re.search(r'<pre id="answers">(.*?)</pre>', page.stdout, re.DOTALL)
    assert found is not None, page.stdout[-2000:] + page.stderr[-2000:]
    answers = json.loads(html.unescape(found[1]))
    assert set(answers["names"]) == set(FUNCTIONS)
    assert answers["before"] == "#VALUE! the token is missing: enter it in the task pane"
    assert_same(answers["bull"], [[AMZN_FCF(2026, "bull")]], "bull")
    assert_same(
        answers["column"],
        [[AMZN_FCF(2025, None, "after_leases")], [{"type": "Error", "errorType": "NotAvailable"}]],
        "column",
    )
    assert answers["unknown"] == f"#VALUE! {expected('AMZN_LINE', ['no_such_line'])}"


def test_its_log_holds_neither_token_nor_traceback(server: Server) -> None:
    log = server.log.read_text(encoding="utf-8")
    assert TOKEN not in log
    assert "Traceback" not in log

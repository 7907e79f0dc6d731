"""The language server, spoken to by a scripted client."""

import json
import subprocess
import threading


class Client:
    """Speaks the protocol to `tlx lsp` and waits for answers, never for a time."""

    def __init__(self, place):
        self.process = subprocess.Popen(
            [place.tlx, "lsp", "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=place.home
        )
        self.timer = threading.Timer(120, self.process.kill)
        self.timer.start()
        self.number = 0
        self.notes = []

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def receive(self):
        length = None
        while True:
            line = self.process.stdout.readline()
            assert line, "the server has ended"
            if line == b"\r\n":
                break
            name, value = line.decode().split(":")
            if name == "Content-Length":
                length = int(value)
        return json.loads(self.process.stdout.read(length))

    def ask(self, method, params=None):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params or {}})
        while True:
            message = self.receive()
            if message.get("id") == self.number:
                return message
            self.notes.append(message)

    def note(self, method, params):
        self.send({"method": method, "params": params})

    def until_note(self, method):
        while True:
            for index, message in enumerate(self.notes):
                if message.get("method") == method:
                    return self.notes.pop(index)["params"]
            self.notes.append(self.receive())

    def open(self, uri, text):
        self.note(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": "tlx", "version": 1, "text": text}},
        )
        return self.until_note("textDocument/publishDiagnostics")["diagnostics"]

    def at(self, method, uri, line, character):
        params = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        return self.ask("textDocument/" + method, params)["result"]

    def close(self):
        self.ask("shutdown")
        self.note("exit", {})
        status = self.process.wait(60)
        self.timer.cancel()
        return status


TEXT = """# %% Data
let settings = {rate: 0.1, rounds: 3}
let é𝄞 = "x"; let xs = [1, 2, 3]
## The root of the mean square.
fn rms(v, scale=1) = sqrt(mean(v^2)) * scale

# %% Use
use "lib.tlx"
rms(xs) + settings.rate
helper(2)
"""


def test_lsp(place):
    (place.home / "lib.tlx").write_text("## Helps.\nfn helper(x) = x\n")
    uri = f"file://{place.home}/study.tlx"
    client = Client(place)
    capabilities = client.ask("initialize", {"capabilities": {}})["result"]["capabilities"]
    for name in ("hoverProvider", "definitionProvider", "documentFormattingProvider"):
        assert capabilities[name], capabilities
    client.note("initialized", {})
    client.open(uri, TEXT)
    # Hover: an own function with its documentation, a built-in with its signature, a name of another file.
    assert "rms(v, scale=1)" in client.at("hover", uri, 8, 1)["contents"]["value"]
    assert "The root of the mean square." in client.at("hover", uri, 8, 1)["contents"]["value"]
    assert "sqrt(" in client.at("hover", uri, 4, 22)["contents"]["value"]
    assert "Helps." in client.at("hover", uri, 9, 1)["contents"]["value"]
    assert client.at("hover", uri, 5, 0) is None
    # Definition: within the file, and in the file that `use` names.
    assert client.at("definition", uri, 8, 1)["range"]["start"] == {"line": 4, "character": 3}
    assert client.at("definition", uri, 8, 12)["range"]["start"] == {"line": 1, "character": 4}
    assert client.at("definition", uri, 9, 2)["uri"].endswith("/lib.tlx")
    assert client.at("definition", uri, 7, 7)["uri"].endswith("/lib.tlx")
    references = client.at("references", uri, 4, 4)
    assert [item["range"]["start"]["line"] for item in references] == [4, 8], references
    # Symbols: cells with what they define.
    symbols = client.at("documentSymbol", uri, 0, 0)
    assert [item["name"] for item in symbols] == ["Data", "Use"], symbols
    assert "rms" in [item["name"] for item in symbols[0]["children"]], symbols
    assert client.close() == 0


def test_lsp_completion_and_signatures(place):
    uri = f"file://{place.home}/a%20b.tlx"
    client = Client(place)
    client.ask("initialize", {"capabilities": {}})
    client.open(uri, 'let settings = {rate: 0.1, rounds: 3}\nsettings.r\nmean(settings, ax\nfn own(a, b=2) = a\nown(1, \ndataset("dig')

    def labels(line, character):
        return [item["label"] for item in client.at("completion", uri, line, character)]

    assert labels(1, 10) == ["rate", "rounds"]
    assert "axis=" in labels(2, 17)
    assert "settings" in labels(1, 3)
    assert "digits" in labels(5, 12)
    edit = client.at("completion", uri, 2, 17)[0]["textEdit"]
    assert edit["range"]["start"] == {"line": 2, "character": 15} and edit["newText"] == "axis=", edit
    signature = client.at("signatureHelp", uri, 4, 7)
    assert signature["signatures"][0]["label"] == "own(a, b=2)" and signature["activeParameter"] == 1, signature
    signature = client.at("signatureHelp", uri, 2, 17)
    assert signature["signatures"][0]["label"].startswith("mean("), signature
    assert client.at("signatureHelp", uri, 0, 3) is None
    assert client.close() == 0


def test_lsp_edits_and_formatting(place):
    uri = f"file://{place.home}/f.tlx"
    client = Client(place)
    client.ask("initialize", {"capabilities": {}})
    assert client.open(uri, "let x=1\nx+nope") [0]["code"] == "E0301"
    change = {"range": {"start": {"line": 1, "character": 2}, "end": {"line": 1, "character": 6}}, "text": "1"}
    client.note("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [change]})
    assert client.until_note("textDocument/publishDiagnostics")["diagnostics"] == []
    edits = client.ask("textDocument/formatting", {"textDocument": {"uri": uri}, "options": {}})["result"]
    assert [edit["newText"] for edit in edits] == ["let x = 1\nx + 1\n"], edits
    client.note("textDocument/didChange", {"textDocument": {"uri": uri, "version": 3}, "contentChanges": [{"text": "[1, 2] + [1, 2, 3]"}]})
    found = client.until_note("textDocument/publishDiagnostics")["diagnostics"]
    assert [item["code"] for item in found] == ["E0401"], found
    assert client.ask("textDocument/formatting", {"textDocument": {"uri": "file:///other"}})["result"] is None
    client.note("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert client.until_note("textDocument/publishDiagnostics")["diagnostics"] == []
    assert client.close() == 0


def test_lsp_runs_cells(place):
    uri = f"file://{place.home}/f.tlx"
    client = Client(place)
    client.ask("initialize", {"capabilities": {}})
    client.open(uri, "# %% One\nlet r = {alpha: 20}\n# %% Two\nr.alpha + 1\n# %% Three\nr.alpha + \"x\"\n")
    lenses = client.ask("textDocument/codeLens", {"textDocument": {"uri": uri}})["result"]
    assert [lens["range"]["start"]["line"] for lens in lenses] == [0, 2, 4], lenses
    results = [client.ask("workspace/executeCommand", lens["command"])["result"] for lens in lenses]
    assert results[:2] == [{"shown": "", "ok": True}, {"shown": "21\n", "ok": True}], results
    assert not results[2]["ok"] and "E0404" in results[2]["shown"], results
    assert client.close() == 0


def test_lsp_survives_bad_messages(place):
    client = Client(place)
    client.ask("initialize", {"capabilities": {}})
    client.process.stdin.write(b"Content-Length: 3\r\n\r\n{x}")
    client.process.stdin.flush()
    assert client.receive()["error"]["code"] == -32700
    assert client.ask("no/such", {})["error"]["code"] == -32601
    assert client.ask("textDocument/hover", {"textDocument": {"uri": "file:///nowhere"}})["result"] is None
    assert client.ask("workspace/executeCommand", {"command": "tlx.runCell", "arguments": []})["error"]["code"] == -32602
    assert client.close() == 0

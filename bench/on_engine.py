"""A user-space engine and daemons on it, for the benchmarks beside this file."""
import contextlib
import http.client
import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Daemon:
    """One that runs; `settings` are variables of its environment."""

    def __init__(self, engine, settings):
        self.socket = f"{engine.folder}/state/zfsrest.sock"
        environment = dict(os.environ, **settings,
                           LD_PRELOAD=str(engine.build / "userland/libzfs-userland-preload.so"),
                           ZFS_USERLAND_SOCKET=f"{engine.folder}/engine/engine.sock",
                           ZFSREST_MODULE_DIRECTORY=f"{engine.folder}/engine/module/zfs",
                           ZFSREST_STATE=f"{engine.folder}/state", ZFSREST_LISTEN="127.0.0.1:0", ZFSREST_ENGINE="userland")
        self.process = subprocess.Popen([engine.build / "bin/zfsrestd"], env=environment, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)

    def port(self):
        """Where it serves TCP; it says so once."""
        return re.search(r":(\d+)", self.process.stdout.readline().removeprefix("ready:"))[1]

    def ask(self, method, target, body=None):
        """The status; 0 if nobody answers."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = UnixConnection(self.socket)
            connection.request(method, target, json.dumps(body) if body is not None else None,
                               {"Content-Type": "application/json"} if body is not None else {})
            response = connection.getresponse()
            response.read()
            return response.status
        return 0

    def wait(self):
        """Waits until GET /v1/pools is answered with 200."""
        while self.ask("GET", "/v1/pools") != 200:
            time.sleep(0.001)

    def children(self):
        pids = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return {pathlib.Path(f"/proc/{pid}/comm").read_text().strip(): int(pid) for pid in pids}

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Engine:
    """`release` is one that was built beside the installed one, or empty."""

    def __init__(self, preset, folder, options, release):
        self.build, self.folder = ROOT / "build" / preset, folder
        server = self.build / ("userland" + (f"-{release}" if release else "")) / "zfs-userland-server"
        self.process = subprocess.Popen([server, "--state", f"{folder}/engine", *options], stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    @contextlib.contextmanager
    def daemon(self, **settings):
        daemon = Daemon(self, settings)
        try:
            daemon.wait()
            yield daemon
        finally:
            daemon.stop()


def pss_mib(pids):
    lines = [line for pid in pids for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


@contextlib.contextmanager
def engine(preset, *options, release=""):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        running = Engine(preset, folder, options, release)
        try:
            yield running
        finally:
            running.process.kill()
            running.process.wait()

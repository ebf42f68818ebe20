"""What people build today: a server that runs a stock command for each request. stock_server.py SOCKET; the path is the command."""
import http.server
import socketserver
import subprocess
import sys
import urllib.parse


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        words = urllib.parse.unquote(self.path[1:]).split()
        if words[0] != "zfs":
            self.send_error(404)
            return
        done = subprocess.run(words, capture_output=True, check=False)
        self.send_response(200 if done.returncode == 0 else 500)
        self.send_header("Content-Length", str(len(done.stdout)))
        self.end_headers()
        self.wfile.write(done.stdout)

    do_POST = do_GET

    def address_string(self):
        return "unix"

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128


Server(sys.argv[1], Handler).serve_forever()

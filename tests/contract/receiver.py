"""Takes webhooks, and checks each with the official library: with every secret there is, and not with a byte changed.

python3 receiver.py PORT SECRETS SEEN    (a secret on each line of SECRETS; a line for each message goes to SEEN)
"""
import http.server
import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError

port, secrets, seen = int(sys.argv[1]), sys.argv[2], sys.argv[3]


def is_right(secret, body, headers):
    try:
        Webhook(secret).verify(body, headers)
        return True
    except WebhookVerificationError:
        return False


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode("utf-8")
        headers = {name.lower(): value for name, value in self.headers.items()}
        with open(secrets, encoding="utf-8") as file:
            known = file.read().split()
        right = [is_right(secret, body, headers) for secret in known]
        changed = any(is_right(secret, body.replace("EUR", "USD"), headers) for secret in known)
        told = json.loads(body)
        with open(seen, "a", encoding="utf-8") as lines:
            print(told["type"], told["data"]["order"]["external_id"], *right, "changed" if changed else "", file=lines)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


http.server.HTTPServer(("127.0.0.1", port), Receiver).serve_forever()

"""An issuer of tokens on this machine, as the suite's 0126 wants one: tokens of four seconds for a client's secret, for an
assertion (RFC 7523) and as of Azure's metadata service, tokens that have ended, and ones with a wrong signature."""

import base64
import http.server
import json
import os
import subprocess
import tempfile
import threading
import time
import urllib.parse

from certificates import PASSWORD, openssl

LIFETIME_S = 4
SCOPES = ("test", "")


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def bytes_of(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Issuer:
    def __init__(self, folder):
        os.mkdir(folder)
        self.key = os.path.join(folder, "issuer.key")
        self.client_key = os.path.join(folder, "client.key")
        self.encrypted_client_key = os.path.join(folder, "client.encrypted.key")
        for path in (self.key, self.client_key):
            openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", path)
        self.client_public_key = os.path.join(folder, "client.public.key")
        openssl("pkey", "-in", self.client_key, "-pubout", "-out", self.client_public_key)
        openssl("pkcs8", "-topk8", "-in", self.client_key, "-passout", f"pass:{PASSWORD}", "-out", self.encrypted_client_key)
        modulus = subprocess.run(
            ["openssl", "rsa", "-in", self.key, "-noout", "-modulus"], check=True, capture_output=True, text=True).stdout
        self.keys = {"keys": [{
            "kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", "e": base64url(b"\x01\x00\x01"),
            "n": base64url(bytes.fromhex(modulus.strip().removeprefix("Modulus=")))}]}
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.get(self)

            def do_POST(self):
                issuer.post(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def token(self, lifetime_s):
        now = int(time.time())
        claims = {"sub": "testuser", "client_id": "testuser", "iss": "suite", "aud": "kafka", "iat": min(now, now + lifetime_s),
                  "exp": now + lifetime_s}
        signed = ".".join(
            base64url(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT", "kid": "1"}, claims))
        signature = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", self.key], input=signed.encode(), check=True, capture_output=True).stdout
        return f"{signed}.{base64url(signature)}"

    def is_client(self, assertion):
        """Whether a client made it by its key, and as its head says."""
        signed, _, signature = assertion.rpartition(".")
        with tempfile.NamedTemporaryFile() as file:
            file.write(bytes_of(signature))
            file.flush()
            verified = subprocess.run(
                ["openssl", "dgst", "-sha256", "-verify", self.client_public_key, "-signature", file.name],
                input=signed.encode(), check=False, capture_output=True)
        return verified.returncode == 0 and json.loads(bytes_of(signed.partition(".")[0])).get("alg") == "RS256"

    def get(self, request):
        """The keys; and a token for a client that says what Azure's metadata service wants to know."""
        path, _, query = request.path.partition("?")
        if path == "/keys":
            return answer(request, 200, self.keys)
        asked = urllib.parse.parse_qs(query)
        if path == "/token" and request.headers.get("Metadata") == "true" and {
                "api-version", "resource", "client_id"} <= asked.keys():
            return answer(request, 200, {"access_token": self.token(LIFETIME_S)})
        return answer(request, 400, {"error": "invalid_request"})

    def post(self, request):
        form = urllib.parse.parse_qs(request.rfile.read(int(request.headers["Content-Length"])).decode())
        grant = form.get("grant_type", [""])[0]
        is_known = (request.headers.get("Authorization", "").startswith("Basic ") if grant == "client_credentials"
                    else grant == "urn:ietf:params:oauth:grant-type:jwt-bearer" and self.is_client(form["assertion"][0]))
        if not is_known or form.get("scope", [""])[0] not in SCOPES:
            return answer(request, 400, {"error": "invalid_request"})
        tokens = {"/token": lambda: self.token(LIFETIME_S), "/expired": lambda: self.token(-1),
                  "/wrong": lambda: self.token(30) + "wrong"}
        if request.path not in tokens:
            return answer(request, 404, {"error": "invalid_request"})
        return answer(request, 200, {"access_token": tokens[request.path]()})

    def settings(self):
        return [
            f"sasl.oauthbearer.jwks.endpoint.url={self.url}/keys",
            f"org.apache.kafka.sasl.oauthbearer.allowed.urls={self.url}/keys",
            "sasl.oauthbearer.expected.audience=kafka", "sasl.oauthbearer.expected.issuer=suite",
        ]

    def client(self):
        return {
            "sasl.oauthbearer.method": "OIDC", "sasl.oauthbearer.client.id": "testuser",
            "sasl.oauthbearer.client.secret": "testpass", "sasl.oauthbearer.scope": "test",
            "sasl.oauthbearer.extensions": "workload=suite,cluster=weir",
            "sasl.oauthbearer.token.endpoint.url": f"{self.url}/token",
        }

    def environment(self):
        return {
            "VALID_OIDC_URL": f"{self.url}/token", "INVALID_OIDC_URL": f"{self.url}/wrong",
            "EXPIRED_TOKEN_OIDC_URL": f"{self.url}/expired", "OAUTHBEARER_CLIENT_PRIVATE_KEY": self.client_key,
            "OAUTHBEARER_CLIENT_PRIVATE_KEY_ENCRYPTED": self.encrypted_client_key,
            "OAUTHBEARER_CLIENT_PRIVATE_KEY_PASSWORD": PASSWORD,
        }


def answer(request, status, message):
    body = json.dumps(message).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)

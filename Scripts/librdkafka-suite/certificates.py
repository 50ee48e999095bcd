"""The certificates of a run, made by openssl: an authority's, the broker's, and the client's in each form that the suite's
0097 reads."""

import os
import subprocess

PASSWORD = "secret-of-the-suite"
DAYS = "2"


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def make(folder):
    """Returns the broker's settings, the client's, and the environment of the tests."""
    os.mkdir(folder)

    def at(name):
        return os.path.join(folder, name)

    def signed(name, subject, extension, *key):
        openssl("req", "-newkey", "rsa:2048", *key, "-keyout", at(f"{name}.key"), "-out", at(f"{name}.csr"), "-subj",
                f"/CN={subject}")
        with open(at(f"{name}.ext"), "w", encoding="ascii") as file:
            file.write(extension)
        openssl("x509", "-req", "-in", at(f"{name}.csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial",
                "-out", at(f"{name}.pem"), "-days", DAYS, "-extfile", at(f"{name}.ext"))

    for name in ("ca", "other"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", at(f"{name}.key"), "-out", at(f"{name}.pem"),
                "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE", "-days", DAYS)
    signed("broker", "broker", "subjectAltName=DNS:localhost,IP:127.0.0.1\n", "-nodes")
    signed("client", "testuser", "extendedKeyUsage=clientAuth\n", "-passout", f"pass:{PASSWORD}")
    openssl("x509", "-in", at("ca.pem"), "-outform", "der", "-out", at("ca.der"))
    openssl("x509", "-in", at("client.pem"), "-outform", "der", "-out", at("client.der"))
    openssl("rsa", "-in", at("client.key"), "-passin", f"pass:{PASSWORD}", "-outform", "der", "-out", at("client.key.der"))
    openssl("pkcs12", "-export", "-inkey", at("client.key"), "-in", at("client.pem"), "-certfile", at("ca.pem"), "-passin",
            f"pass:{PASSWORD}", "-passout", f"pass:{PASSWORD}", "-out", at("client.p12"))
    concatenate(at("store.pem"), at("broker.key"), at("broker.pem"))
    concatenate(at("all.pem"), at("other.pem"), at("ca.pem"))

    settings = [
        f"ssl.keystore.location={at('store.pem')}", f"ssl.truststore.location={at('ca.pem')}", "ssl.client.auth=required",
    ]
    client = {
        "ssl.ca.location": at("ca.pem"), "ssl.certificate.location": at("client.pem"), "ssl.key.location": at("client.key"),
        "ssl.key.password": PASSWORD,
    }
    environment = {
        "SSL_password": PASSWORD, "SSL_client_auth": "required", "SSL_pkcs": at("client.p12"),
        "SSL_pub_pem": at("client.pem"), "SSL_pub_der": at("client.der"), "SSL_priv_pem": at("client.key"),
        "SSL_priv_der": at("client.key.der"), "SSL_ca_pem": at("ca.pem"), "SSL_ca_der": at("ca.der"),
        "SSL_all_cas_pem": at("all.pem"),
    }
    return settings, client, environment


def concatenate(path, *parts):
    with open(path, "w", encoding="ascii") as file:
        for part in parts:
            with open(part, encoding="ascii") as text:
                file.write(text.read())

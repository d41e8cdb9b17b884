#!/bin/sh
# A certificate for the suite's receiver of callbacks: `receiver.pem`, for a month, for `localhost` and nobody else.
# The server trusts it by `NODE_EXTRA_CA_CERTS=receiver.pem`.
set -eu
cd "$(dirname "$0")"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout receiver.key -out receiver.crt 2>/dev/null
cat receiver.crt receiver.key > receiver.pem
rm receiver.crt receiver.key

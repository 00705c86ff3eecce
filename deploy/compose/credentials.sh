#!/bin/sh
# Makes what the `secure` deployment needs to know who is who: an authority, Kafka's certificate, a password a user.
# Each lies in a volume of its own, which only its owner mounts. The authority's key is not kept.
#
#   NAMES    what Kafka is reached by: DNS:... and IP:..., comma-separated
set -eu
cd /secrets
[ -e kafka/kafka.pem ] && exit 0

work=$(mktemp -d)
key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
# shellcheck disable=SC2086
openssl req -x509 $key -days 3650 -subj "/CN=news-ingest authority" -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
# shellcheck disable=SC2086
openssl req $key -subj "/CN=kafka" -keyout "$work/kafka.key" -out "$work/kafka.csr" 2>/dev/null
printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$NAMES" > "$work/kafka.ext"
openssl x509 -req -in "$work/kafka.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 3650 \
    -extfile "$work/kafka.ext" -out "$work/kafka.crt" 2>/dev/null

for user in fetcher cleaner tagger cli subscriber; do
    openssl rand -hex 32 > "$user/password"
    cp "$work/ca.pem" "$user/ca.pem"
    chmod 0400 "$user/password"
done
# Kafka runs under another number; nobody else mounts this volume.
cat "$work/kafka.key" "$work/kafka.crt" "$work/ca.pem" > "$work/kafka.pem"
chmod 0444 "$work/kafka.pem"
mv "$work/kafka.pem" kafka/kafka.pem
rm -rf "$work"

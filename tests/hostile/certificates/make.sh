#!/bin/sh
# Makes the certificates beside this file anew: an authority of the tests' own, and what it signs, well or badly.
# They protect nothing. `good` and the authority are valid for a hundred years, `expired` was for the year 2001.
set -eu
cd "$(dirname "$0")"
key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
work=$(mktemp -d)
openssl req -x509 $key -days 36500 -subj "/CN=hostile tests" -keyout "$work/ca.key" -out authority.pem 2>/dev/null
touch "$work/index"
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s\nnew_certs_dir=%s\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nunique_subject=no\ncopy_extensions=copy\n[p]\ncommonName=supplied\n' \
    "$work/index" "$work" > "$work/ca.cnf"
sign() { # name, host, from, until
    openssl req $key -subj "/CN=$2" -addext "subjectAltName=DNS:$2" -keyout "$work/$1.key" -out "$work/$1.csr" 2>/dev/null
    openssl ca -batch -notext -config "$work/ca.cnf" -cert authority.pem -keyfile "$work/ca.key" -startdate "$3" \
        -enddate "$4" -in "$work/$1.csr" -out "$work/$1.crt" 2>/dev/null
    cat "$work/$1.key" "$work/$1.crt" > "$1.pem"
}
sign good '*.tls.test' 20200101000000Z 21200101000000Z
sign wrong-name other.example 20200101000000Z 21200101000000Z
sign expired '*.tls.test' 20010101000000Z 20020101000000Z
sign not-yet '*.tls.test' 21100101000000Z 21200101000000Z
openssl req -x509 $key -days 36500 -subj "/CN=self-signed.tls.test" -addext "subjectAltName=DNS:self-signed.tls.test" \
    -keyout "$work/self.key" -out "$work/self.crt" 2>/dev/null
cat "$work/self.key" "$work/self.crt" > self-signed.pem
rm -r "$work"

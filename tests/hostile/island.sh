#!/bin/sh
# Inside a network and mount namespace of its own: gives this machine public and private addresses, and a resolver.
set -eu
ip link set lo up
for address in 93.184.215.14/32 10.0.0.1/32 169.254.169.254/32; do ip address add "$address" dev lo; done
for address in 2606:2800:21f:cb07:6820:80da:af6b:8b2c/128 fd00:ec2::254/128; do
    ip address add "$address" dev lo nodad
done
printf 'nameserver 127.0.0.53\noptions timeout:1 attempts:1\n' > "$1/resolv.conf"
mount --bind "$1/resolv.conf" /etc/resolv.conf
shift
exec "$@"

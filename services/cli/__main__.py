"""
`news-ingest`, or `python -m services.cli`.
"""

from __future__ import annotations

from services.cli.app import app


def main() -> None:
    """
    Run the command that was typed.
    """
    app(prog_name="news-ingest")


if __name__ == "__main__":
    main()

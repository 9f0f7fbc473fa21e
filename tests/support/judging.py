"""The command `qa`, as a test calls it, and what is said in the recording that comes with the project."""

import argparse

from audio2blend_app.cli import qa
from audio2blend_app.qa import QaReport

TEXT = "Hello! Bob and Mary have five big maple muffins, and you may pick one."


def judged(*arguments: object) -> QaReport:
    parser = argparse.ArgumentParser()
    qa.configure(parser)
    return qa.run(parser.parse_args([*map(str, arguments)]))


def failed(report: QaReport) -> set[str]:
    return {measure.name for measure in report.measures if measure.verdict == "fail"}

from dataclasses import dataclass


class Suggestion: ...


def suggest_corrections(): ...

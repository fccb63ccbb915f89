"""Words and languages: the one toolkit for all steps that read text."""

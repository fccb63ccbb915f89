"""Sentences, words and languages: the shared text-processing toolkit."""

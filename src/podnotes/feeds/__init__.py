"""Reading of feeds, web pages, OPML, Apple Podcasts links and audio files into podcasts and episodes."""

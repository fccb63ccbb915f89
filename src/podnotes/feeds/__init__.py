"""Read feeds, web pages, OPML, Apple Podcasts links and audio files into Podcast and Episode."""

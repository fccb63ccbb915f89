"""Reading, checking and writing of transcripts: captions, JSON, plain text and other formats."""

"""The command line: it reads words, calls the memory and shows what came back; it decides nothing itself."""

"""The emulated carrier, its containers and its subscribers. Imports nothing from the collection's plugins."""

"""One file per thing that ``fusion-memory bench`` measures. They use memories and a model that they are handed."""

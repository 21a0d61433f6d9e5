"""Models: the embedders, and the only place that imports a model runtime or an HTTP client.

This room knows texts and vectors. It must not know the database, what is remembered, or why a vector is
wanted. ``interface`` is what others see, ``registry`` is the door; everything else loads behind it.
"""

"""The liquid: how it starts, is driven and recorded, and when it may be quenched."""

"""The sample shop: clothes drawn by us, since we may not hand on anybody's photographs.

    publish.render_sample(out, count, seed)   the catalogue as a Zalora download, and street scenes with their truth
    street_scenes.render_scene(seed)          one street scene with boxes and masks, for training
    assortment.assortment(count, seed)        the products themselves

Only the commands need Django. A garment is cut to a body by `tailor.panels_of`, whoever wears it and wherever, so that
all its pictures show the same thing.
"""

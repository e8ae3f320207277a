"""Names and places that are nobody's and nowhere: words that no parent gives, and postcodes of an area with no post."""

import polars as pl

FORENAMES = [
    *["Almond", "Bramble", "Cobalt", "Dapple", "Ember", "Fennel", "Gadget", "Hazelnut", "Indigo", "Juniper", "Kettle"],
    *["Lantern", "Marble", "Nutmeg", "Origami", "Pebble", "Quartz", "Ripple", "Saffron", "Thimble", "Umber", "Velvet"],
    *["Walnut", "Yonder", "Zephyr"],
]
SURNAMES = [
    *["Anyname", "Blankly", "Couldbe", "Doesnot", "Example", "Fictitious", "Guessed", "Hollowman", "Imagined"],
    *["Justmade", "Knowone", "Likely", "Madeup", "Notreal", "Otherwise", "Pretend", "Questioned", "Random", "Sample"],
    *["Testcase", "Unreal", "Virtual", "Whoever", "Exsist", "Yetunborn", "Zeroth"],
]
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # of the second half of postcodes
AREA = "ZX"  # no such postcode area


def forename(person: pl.Expr) -> pl.Expr:
    """A forename for the number of a person, always the same."""
    return _word(person, FORENAMES)


def surname(household: pl.Expr) -> pl.Expr:
    """A surname for the number of a household."""
    return _word(household * 7, SURNAMES)


def postcode(household: pl.Expr) -> pl.Expr:
    """A postcode for the number of a household, of an area that does not exist."""
    size = len(LETTERS)
    letters = {place: letter for place, letter in enumerate(LETTERS)}
    one, two = ((household // step % size).replace_strict(letters, return_dtype=pl.String) for step in (1, size))
    district, sector = household // size**2 % 90 + 10, household % 10
    return pl.concat_str(pl.lit(AREA), district.cast(pl.String), pl.lit(" "), sector.cast(pl.String), one, two)


def _word(number: pl.Expr, words: list[str]) -> pl.Expr:
    return (number % len(words)).replace_strict(dict(enumerate(words)), return_dtype=pl.String)

"""Official papers (公文) in the layout of GB/T 9704-2012, as Word files (OOXML, ISO/IEC 29500).

``write_paper`` turns a `Paper` into the bytes of a ``.docx``: the same paper gives the same bytes.
Lengths are those of the standard: a type area of 156 mm by 225 mm on A4, 22 lines a page of 28
characters of size 3 (16 pt), the title in size 2 (22 pt), page numbers in size 4 (14 pt).

``write_booklet`` makes hand-outs for working hands, which that standard says nothing about.
"""

from anlan.protocols.official.booklet import Booklet, Section, fits_a_page, write_booklet
from anlan.protocols.official.paper import Block, Heading, Paper, Paragraph, Sheet
from anlan.protocols.official.writing import write_paper

__all__ = [
    "Block",
    "Booklet",
    "Heading",
    "Paper",
    "Paragraph",
    "Section",
    "Sheet",
    "fits_a_page",
    "write_booklet",
    "write_paper",
]

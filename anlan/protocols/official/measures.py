"""The layout's lengths in the units of OOXML: twentieths of a point, half points, eighths."""

#: GB/T 9704-2012, 5.1 and 5.2: A4; 37 mm above, 28 mm to the left of a type area of 156 x 225 mm.
MM = 1440 / 25.4
PAGE = (11906, 16838)
TOP, LEFT = round(37 * MM), round(28 * MM)
WIDTH, HEIGHT = round(156 * MM), round(225 * MM)
RIGHT, BOTTOM = PAGE[0] - LEFT - WIDTH, PAGE[1] - TOP - HEIGHT
#: Page numbers stand 7 mm below the type area (7.5).
FOOTER = BOTTOM - round((7 + 5) * MM)

#: 22 lines of 28 characters (5.2.3): the pitch of a line, and what each character of size 3 gives
#: up so that 28 fill the line. A grid of characters would say the same, but programs differ in it.
LINE = HEIGHT // 22
SPACE = WIDTH // 28 - 320

#: Sizes in half points: 2 is 22 pt, 3 is 16 pt, 4 is 14 pt.
SIZE_2, SIZE_3, SIZE_4 = 44, 32, 28
#: The mark at the head is at most as large, and always on one line.
MARK = 104

RED = "FF0000"
#: A character of size 3.
CHARACTER = 320

#: Named as Chinese offices have them; `ALTERNATES` are what a machine without them may take.
FANGSONG, HEITI, KAITI, XIAOBIAOSONG, SONGTI = (
    "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体", "宋体",
)  # fmt: skip
ALTERNATES = {
    FANGSONG: "仿宋", HEITI: "SimHei", KAITI: "楷体", XIAOBIAOSONG: "宋体", SONGTI: "SimSun",
}  # fmt: skip

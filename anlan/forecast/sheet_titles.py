"""Headings of workbooks that forecasts leave as: Chinese, English."""

SHEET = ("村社", "Villages")
YES = ("是", "yes")
#: Hours that have columns of their own.
HOURS = (1, 3, 6)
VILLAGES = (
    ("村社编码", "Village code"),
    ("村社", "Village"),
    ("危险区", "Danger zone"),
    ("会到", "Comes to"),
    ("立即转移的几成", "Share of leaving at once"),
    ("首次达到", "First reached"),
    ("滑坡临界线的几倍", "Times the law of slides"),
    ("地面高程 m", "Ground m"),
    ("最大水深 m", "Greatest depth m"),
    ("到达时间", "Water arrives"),
    ("时长 h", "Hours"),
    ("雨量 mm", "Rain mm"),
    ("立即转移雨量 mm", "Rain to leave at once mm"),
    ("1 小时雨量 mm", "Rain in 1 h mm"),
    ("1 小时准备转移 mm", "To get ready, 1 h mm"),
    ("1 小时立即转移 mm", "To leave at once, 1 h mm"),
    ("3 小时雨量 mm", "Rain in 3 h mm"),
    ("3 小时准备转移 mm", "To get ready, 3 h mm"),
    ("3 小时立即转移 mm", "To leave at once, 3 h mm"),
    ("6 小时雨量 mm", "Rain in 6 h mm"),
    ("6 小时准备转移 mm", "To get ready, 6 h mm"),
    ("6 小时立即转移 mm", "To leave at once, 6 h mm"),
    ("下限", "Lower bound"),
    ("说明", "Remarks"),
)

"""Headings of workbooks that forecasts leave as: Chinese, English."""

SHEET = ("村社", "Villages")
YES = ("是", "yes")
VILLAGES = (
    ("村社编码", "Village code"),
    ("村社", "Village"),
    ("危险区", "Danger zone"),
    ("会到", "Comes to"),
    ("立即转移的几成", "Share of leaving at once"),
    ("首次达到", "First reached"),
    ("地面高程 m", "Ground m"),
    ("最大水深 m", "Greatest depth m"),
    ("到达时间", "Water arrives"),
    ("时长 h", "Hours"),
    ("雨量 mm", "Rain mm"),
    ("立即转移雨量 mm", "Rain to leave at once mm"),
    ("下限", "Lower bound"),
    ("说明", "Remarks"),
)

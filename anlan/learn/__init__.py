"""Learn: reviews (复盘), accident investigation, case library, training and exams."""

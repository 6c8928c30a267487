"""The drawings themselves: SVG fragments on a 400 × 400 sheet, standing on the line y = 320."""

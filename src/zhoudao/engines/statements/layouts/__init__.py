"""What the columns of a sheet mean: layouts as data, and a guess with confidences for a sheet that none fits."""

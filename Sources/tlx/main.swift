print("tlx")

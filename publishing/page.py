def write_page(db, file):
    file.write_text("x")

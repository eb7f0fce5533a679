# Reads mistakes.txt. With `-v name=NAME`, prints that mistake's source file with the mistake in it.
# Otherwise prints `name file test` for each mistake. `-v root=DIR` is the folder of the sources. If the
# lines of a mistake do not occur exactly once, it is named on standard error, and the exit code is 1.

function trimmed(line) {
    gsub(/^[ \t]+|[ \t]+$/, "", line)
    return line
}

# Finds the old lines of the mistake in the file: the line before them, and how often they occur.
function find(    count, line, at, n) {
    count = 0
    while ((getline line < (root "/" file)) > 0)
        text[++count] = line
    close(root "/" file)
    lines = count
    found = 0
    for (at = 0; at + olds <= lines; at++) {
        for (n = 1; n <= olds && trimmed(text[at + n]) == old[n]; n++);
        if (n > olds) {
            found++
            place = at
        }
    }
}

function changed(    n, seen) {
    for (n = 1; n <= place; n++)
        print text[n]
    seen = 0
    for (n = 1; n <= parts; n++) {
        if (kind[n] == "+") {
            print part[n]
            continue
        }
        seen++
        if (kind[n] == " ")
            print text[place + seen]
    }
    for (n = place + olds + 1; n <= lines; n++)
        print text[n]
}

function finish() {
    if (this == "" || (name != "" && this != name))
        return
    find()
    if (found != 1) {
        print this ": its lines occur " found " times in " file > "/dev/stderr"
        failed = 1
    } else if (name != "") {
        changed()
    } else {
        print this, file, test
    }
}

/^== / {
    finish()
    parts = olds = 0
    this = $2
    file = $3
    test = $4
    sub(/,$/, "", this)
    sub(/:$/, "", file)
}

/^[-+ ] / {
    kind[++parts] = substr($0, 1, 1)
    part[parts] = substr($0, 3)
    if (kind[parts] != "+")
        old[++olds] = trimmed(part[parts])
}

END {
    finish()
    exit failed
}

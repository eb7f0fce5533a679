//! Where the comments of a text stand.

use midflight::program::comment::Comments;

use super::shared::{assert_owned, parts, print, read};

/// A comment: the definition (`None` for main), the body, the index and the text.
type Comment = (Option<usize>, usize, usize, &'static str);

/// Texts as they are printed, and their comments.
const PRINTED: &[(&str, &[Comment])] = &[
    ("# all alone\n", &[(None, 0, 0, " all alone")]),
    ("# one\n#two\n#\n#= 3\nf()\n", &[(None, 0, 0, " one\ntwo\n\n= 3")]),
    (
        "# about f\nf <- fun[i]:\n  # the base case\n  if i < 3:\n    # one\n    return(1)\n    # no more\n  \
         # the rest\n  return(i)\n  # the end\n",
        &[
            (Some(0), 0, 0, " about f"),
            (Some(0), 0, 1, " the base case"),
            (Some(0), 0, 6, " the rest"),
            (Some(0), 0, 8, " the end"),
            (Some(0), 1, 0, " one"),
            (Some(0), 1, 2, " no more"),
        ],
    ),
    // An empty function, and an empty block.
    ("f <- fun[]:\n  # f\n\n1\n# m\n", &[(None, 0, 1, " m"), (Some(0), 0, 0, " f")]),
    ("if x:\n  # nothing yet\n", &[(None, 1, 0, " nothing yet")]),
    // The end of a body is after its `end`.
    ("f <- fun[]:\n  1\n  # last\n", &[(Some(0), 0, 2, " last")]),
    ("f <- fun[]:\n  1\n  # before\n  end()\n", &[(Some(0), 0, 1, " before")]),
    // A comment within an expression breaks it.
    ("1\n# two\n_ + 2\n", &[(None, 0, 1, " two")]),
    ("1\n2\n# plus\n_ + _\n", &[(None, 0, 2, " plus")]),
    // The second parameter has a comment, so it is assigned below the header.
    ("f <- fun[b]:\n  # a\n  a = _\n", &[(Some(0), 0, 1, " a")]),
    // A comment in a block that would fit on a line.
    ("k = block:\n  # one\n  1\n", &[(None, 1, 0, " one")]),
];

fn all(read: &midflight::program::listing::Program) -> Vec<(Option<usize>, usize, usize, String)> {
    let list = |definition, comments: &Comments| {
        let list = comments
            .iter()
            .map(move |((body, index), text)| (definition, body, index, text.to_string()));
        list.collect::<Vec<_>>()
    };
    let definitions = read.definitions.iter().enumerate();
    let definitions = definitions.flat_map(|(n, one)| list(Some(n), &one.comments));
    list(None, &read.main_comments).into_iter().chain(definitions).collect()
}

fn owned(comments: &[Comment]) -> Vec<(Option<usize>, usize, usize, String)> {
    comments.iter().map(|&(n, body, index, text)| (n, body, index, text.to_string())).collect()
}

#[test]
fn comments_stand_where_they_are_printed() {
    for (text, comments) in PRINTED {
        let read = read(text);
        assert_eq!(all(&read.cells), owned(comments), "{text}");
        let printed = print(&read.cells);
        assert_eq!(printed.text, *text);
        assert_eq!(printed.spans, read.spans, "{text}");
        assert_owned(&parts(&read.cells), &read.spans, text);
    }
}

/// Texts that are printed in another way.
const READ: &[(&str, &[Comment])] = &[
    ("print(1) # one\n", &[(None, 0, 0, " one")]),
    ("# a\n\n  # b\nf()\n", &[(None, 0, 0, " a\n b")]),
    ("f()\n# last", &[(None, 0, 1, " last")]),
    ("# crlf\r\nf()\r\n", &[(None, 0, 0, " crlf")]),
    ("f <- fun[i]: # header\n  i\n", &[(Some(0), 0, 0, " header")]),
    ("print(\"# no comment\")\n", &[]),
    ("if x:\n  1\n# after\n2\n", &[(None, 0, 3, " after")]),
    ("if x:\n  1\n  # inside\n2\n", &[(None, 1, 2, " inside")]),
];

#[test]
fn comments_are_found_wherever_they_are_written() {
    for (text, comments) in READ {
        let program = read(text).cells;
        assert_eq!(all(&program), owned(comments), "{text}");
        let printed = print(&program).text;
        assert_eq!(read(&printed).cells, program, "{printed}");
    }
}

/// A comment before a line that begins no cell of its own is kept somewhere.
#[test]
fn no_comment_is_lost() {
    for text in [
        "if a:\n  1\n# x\nelse:\n  2\n",
        "if a:\n  1\n# x\nelif b:\n  2\n# y\nelse:\n  3\n",
        "f <- fun[]:\n  1\n  # x\n  ...\n",
        "f <- fun[]:\n  1\n  ... # x\n",
        "k = [1] # x\n",
        "while a: # x\n  1\n",
        "if a: # x\nelse: # y\n",
        "if a:\n      # deep\n  1\n",
        "if a:\n  1\n # between\n2\n",
        "_ # x\n",
    ] {
        let program = read(text).cells;
        let found: usize = all(&program).iter().map(|(.., text)| text.lines().count()).sum();
        assert_eq!(found, text.matches('#').count(), "{text}");
        let printed = print(&program).text;
        assert_eq!(read(&printed).cells, program, "{text}\n{printed}");
    }
}

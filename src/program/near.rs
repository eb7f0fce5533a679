//! "Did you mean": the nearest of some names.

use crate::vm::name::NAME_BYTES;

/// The candidate nearest to `name`, if `name` may be a slip for it: only the case differs, or at most a
/// third of the letters are wrong, missing, added or swapped with a neighbour. The first of equally near
/// ones.
pub fn near<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > NAME_BYTES {
        return None;
    }
    let lower = name.to_lowercase();
    let length = lower.chars().count();
    let most = (length / 3).max(1);
    let mut best = None;
    for candidate in candidates.into_iter().filter(|&candidate| candidate != name) {
        if candidate.len() > NAME_BYTES || candidate.chars().count().abs_diff(length) > most {
            continue;
        }
        let distance = distance(&lower, &candidate.to_lowercase());
        // One letter is not near another letter.
        let near = distance <= most && distance < length;
        if near && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How many letters are wrong, missing, added or swapped with a neighbour: the optimal string alignment
/// distance.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    // The distances of the beginnings of `a` from each beginning of `b`: this one, and the two before it.
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let (mut before, mut earlier) = (row.clone(), row.clone());
    for i in 1..=a.len() {
        (earlier, before, row) = (before, row, earlier);
        row[0] = i;
        for j in 1..=b.len() {
            let wrong = before[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = wrong.min(before[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(earlier[j - 2] + 1);
            }
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_nothing_else() {
        let names = ["print", "print_line", "dup", "drop", "swap", "i"];
        assert_eq!(near("pritn", names), Some("print"));
        assert_eq!(near("PRINT", names), Some("print"));
        assert_eq!(near("dupp", names), Some("dup"));
        assert_eq!(near("print_lin", names), Some("print_line"));
        assert_eq!(near("j", names), None);
        assert_eq!(near("fib", names), None);
        assert_eq!(near("I", names), Some("i"));
        assert_eq!(near("", names), None);
        assert_eq!(near(&"x".repeat(1 << 20), names), None);
        assert_eq!(near("pxixt", names), None, "two of five are too many");
        assert_eq!(near("pxixt_line", names), Some("print_line"));
        assert_eq!(near("print_l", names), Some("print"), "two letters more");
        assert_eq!(near("print", ["print"]), None);
    }

    #[test]
    fn distances() {
        let cases = [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("ab", "ba", 1),
            ("ca", "abc", 3),
            ("abcd", "badc", 2),
            ("é1", "1é", 1),
        ];
        for (a, b, wanted) in cases {
            assert_eq!(distance(a, b), wanted, "{a} {b}");
        }
    }

    #[test]
    fn only_what_can_be_a_name_is_compared() {
        let longest = "x".repeat(NAME_BYTES);
        let other = format!("{}y", &longest[1..]);
        assert_eq!(near(&longest, [other.as_str()]), Some(other.as_str()));
        let longer = longest.clone() + "x";
        assert_eq!(near(&longest, [longer.as_str()]), None);
        assert_eq!(near(&longer, [longest.as_str()]), None);
    }

    #[test]
    fn the_nearest_wins_then_the_first() {
        assert_eq!(near("abcdef", ["abcdxy", "abcdeg", "abcdeh"]), Some("abcdeg"));
    }
}

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
        let distance = strsim::osa_distance(&lower, &candidate.to_lowercase());
        // One letter is not near another letter.
        let near = distance <= most && distance < length;
        if near && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
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
